"""What each command does."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from nestwise.cli import UsageError
from nestwise.cli.report import Report, render
from nestwise.cli.roots import root_of, selected
from nestwise.lint.registry import load_rules
from nestwise.project.cache import FactsCache, default_path
from nestwise.settings import Level, Preset, Settings, SettingsError, nearest, read_settings
from nestwise.workspace import Workspace

_RANK = {Level.ERROR: 3, Level.WARNING: 2, Level.INFORMATION: 1, Level.HINT: 0}


def _settings(root: Path, preset: str | None, only: list[str] | None) -> Settings:
    rules = load_rules()
    try:
        settings = read_settings(root, {r.id: r.needs.options for r in rules.values()})
    except SettingsError as error:
        raise UsageError(str(error)) from None
    if preset:
        settings = settings.model_copy(update={"preset": Preset(preset)})
    if only:
        for name in only:
            if name not in rules:
                raise _no_rule(name, rules)
        levels = dict.fromkeys(rules, Level.OFF) | {
            name: given if (given := settings.rules.get(name)) is not None else rules[name].level
            for name in only
        }
        settings = settings.model_copy(update={"rules": levels})
    return settings


def _no_rule(name: str, rules: Iterable[str]) -> UsageError:
    return UsageError(f"there is no rule `{name}`{nearest(name, rules) or '.'} `nestwise rules` lists them.")


def _load(paths: list[Path], args: argparse.Namespace) -> tuple[Workspace, list[Path]]:
    only: list[str] | None = getattr(args, "only", None)
    if only:  # `--only ID… PATH`: the option takes all that follows, so what is a path is told apart here
        given = [Path(name) for name in only if name not in load_rules() and Path(name).exists()]
        only = [name for name in only if Path(name) not in given]
        paths = (paths if paths != [Path()] else []) + given or paths
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist. Give a file or a folder of a NestJS project.")
    full = [path.resolve() for path in paths]
    root = root_of(full)
    settings = _settings(root, getattr(args, "preset", None), only)
    workspace = Workspace(root, settings)
    workspace.load(None if getattr(args, "no_cache", False) else FactsCache(default_path()))
    if not any(p.nest for p in workspace.layout.packages):
        raise UsageError(
            f"{root} is not a NestJS project: no package.json there or below depends on @nestjs/*."
            " Give the folder of one."
        )
    return workspace, full


def _colored(choice: str) -> bool:
    if choice == "auto":
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()
    return choice == "always"


def check(args: argparse.Namespace) -> int:
    start = time.perf_counter()
    workspace, paths = _load(args.path, args)
    files = selected(workspace, paths)
    checked = [workspace.check(file) for file in files]
    elapsed = round((time.perf_counter() - start) * 1000)
    report = Report(workspace, checked, elapsed, _colored(args.color))
    sys.stdout.write(render(report, args.format))
    if args.fail_on == "never":
        return 0
    least = _RANK[Level(args.fail_on)]
    return int(any(_RANK[d.level] >= least for c in report.checked for d in c.diagnostics))


def fix(args: argparse.Namespace) -> int:
    from nestwise.cli.fix import fix as fix_files

    workspace, paths = _load(args.path, args)
    return fix_files(workspace, selected(workspace, paths), unsafe=args.unsafe, diff=args.diff)


def routes(args: argparse.Namespace) -> int:
    from nestwise.cli.routes import rows, table

    workspace, _ = _load([args.path], args)
    found = rows(workspace)
    if args.unguarded:
        found = [row for row in found if row["access"] == "open"]
    print(json.dumps(found, ensure_ascii=False, indent=2) if args.format == "json" else table(found))
    return 0


def explain(args: argparse.Namespace) -> int:
    rules = load_rules()
    rule = rules.get(args.rule)
    if rule is None:
        raise _no_rule(args.rule, rules)
    preset = "strict" if rule.strict else "recommended"
    print(f"{rule.level} · {preset} · since {rule.since}{' · fixable' if rule.fixes else ''}\n\n{rule.doc}")
    return 0


def rules(args: argparse.Namespace) -> int:
    for rule in load_rules().values():
        level = f"{rule.level} (strict)" if rule.strict else rule.level
        print(f"{rule.id:<40} {level:<20} {'fix' if rule.fixes else '   '}  {rule.summary}")
    return 0


def init(args: argparse.Namespace) -> int:
    file = args.path.resolve() / "nestwise.json"
    if not args.path.is_dir():
        raise UsageError(f"{args.path} is not a folder.")
    if file.exists():
        raise UsageError(f"{file} is there already; nothing was changed.")
    file.write_text(
        "{\n  // `recommended`, or `strict` for the policies that a team must want.\n"
        '  "preset": "recommended",\n\n'
        "  // Levels: error, warning, information, hint, off. `nestwise rules` lists the rules.\n"
        '  "rules": {},\n\n  // Files and folders that are not read.\n  "exclude": []\n}\n',
        "utf-8",
    )
    print(f"wrote {file}")
    return 0


def lsp(args: argparse.Namespace) -> int:
    from nestwise.lsp.server import serve  # the other commands must not pay for the protocol

    return serve(args.tcp)
