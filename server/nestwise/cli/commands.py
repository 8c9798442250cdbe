"""What each command does."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import time
from pathlib import Path

from nestwise.cli import UsageError
from nestwise.cli.report import Report, as_json, as_text, fixes_of
from nestwise.cli.roots import root_of, selected
from nestwise.lint.file import File
from nestwise.lint.fix import fix_all
from nestwise.lint.registry import load_rules
from nestwise.lint.rule import Fix, Safety
from nestwise.project.cache import FactsCache, default_path
from nestwise.project.extract import extract
from nestwise.settings import Level, Preset, Settings, SettingsError, nearest, read_settings
from nestwise.syntax.source import Source
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
                raise UsageError(f"there is no rule `{name}`{nearest(name, rules)}. See `nestwise rules`.")
        levels = dict.fromkeys(rules, Level.OFF) | {
            name: given if (given := settings.rules.get(name)) is not None else rules[name].level
            for name in only
        }
        settings = settings.model_copy(update={"rules": levels})
    return settings


def _load(paths: list[Path], args: argparse.Namespace) -> tuple[Workspace, list[Path]]:
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist. Give a file or a folder of a NestJS project.")
    full = [path.resolve() for path in paths]
    root = root_of(full)
    settings = _settings(root, getattr(args, "preset", None), getattr(args, "only", None))
    workspace = Workspace(root, settings)
    workspace.load(None if getattr(args, "no_cache", False) else FactsCache(default_path()))
    if not any(p.nest for p in workspace.layout.packages):
        raise UsageError(
            f"{root} is not a NestJS project: no package.json there or below depends on @nestjs/*."
            " Give the folder of one."
        )
    return workspace, full


def check(args: argparse.Namespace) -> int:
    start = time.perf_counter()
    workspace, paths = _load(args.path, args)
    files = selected(workspace, paths)
    report = Report(workspace, [workspace.check(file) for file in files])
    elapsed = round((time.perf_counter() - start) * 1000)
    if args.format == "json":
        print(json.dumps(as_json(report, elapsed), ensure_ascii=False, indent=2))
    else:
        sys.stdout.write(as_text(report, elapsed, args.color))
    if args.fail_on == "never":
        return 0
    least = _RANK[Level(args.fail_on)]
    return int(any(_RANK[d.level] >= least for c in report.checked for d in c.diagnostics))


def fix(args: argparse.Namespace) -> int:
    workspace, paths = _load(args.path, args)
    allowed = {Safety.SAFE, Safety.UNSAFE} if args.unsafe else {Safety.SAFE}
    changed = 0
    for file in selected(workspace, paths):
        before = file.data

        def fixes(source: Source, path: str = file.path) -> list[Fix]:
            now = workspace.put(path, source)
            found = (fixes_of(d, now, workspace.project) for d in workspace.check(now).diagnostics)
            return [fix for some in found for fix in some[:1] if fix.safety in allowed]

        if not any(fixes_of(d, file, workspace.project) for d in workspace.check(file).diagnostics):
            continue
        after = fix_all(file.source, fixes).text.data
        if after == before:
            continue
        changed += 1
        if args.diff:
            old, new = (t.decode(errors="replace").splitlines(keepends=True) for t in (before, after))
            sys.stdout.writelines(difflib.unified_diff(old, new, f"a/{file.path}", f"b/{file.path}"))
        else:
            (workspace.root / file.path).write_bytes(after)
            print(f"fixed {file.path}")
    if not args.diff:
        print(f"{changed} file{'' if changed == 1 else 's'} changed")
    return 0


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
        raise UsageError(f"there is no rule `{args.rule}`{nearest(args.rule, rules)}. See `nestwise rules`.")
    preset = "strict" if rule.strict else "recommended"
    print(f"{rule.level} · {preset} · since {rule.since}{' · fixable' if rule.fixes else ''}\n\n{rule.doc}")
    return 0


def rules(args: argparse.Namespace) -> int:
    for rule in load_rules().values():
        print(f"{rule.id:<42} {rule.level:<12} {'fix' if rule.fixes else '   '}  {rule.summary}")
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


__all__ = ["File", "check", "explain", "extract", "fix", "init", "lsp", "routes", "rules"]
