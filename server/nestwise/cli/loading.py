"""From the arguments of a command to a workspace that is read."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from nestwise.cli import NoNestError, UsageError
from nestwise.cli.parallel import ahead
from nestwise.cli.progress import Progress
from nestwise.cli.roots import root_of
from nestwise.lint.registry import broken_rules, load_rules, said_of
from nestwise.lint.rule import Rule
from nestwise.project.cache import FactsCache, default_path
from nestwise.project.model.memory import Memory, Once
from nestwise.settings import Level, Preset, Settings, SettingsError, nearest, read_settings
from nestwise.workspace import Workspace


def _settings(root: Path, preset: str | None, only: list[str] | None) -> Settings:
    rules = sound_rules()
    try:
        settings = read_settings(root, {r.id: r.needs.options for r in rules.values()})
    except SettingsError as error:
        raise UsageError(str(error)) from None
    if preset:
        settings = replace(settings, preset=Preset(preset))
    if only:
        for name in only:
            if name not in rules:
                raise no_rule(name, rules)
        levels = dict.fromkeys(rules, Level.OFF) | {
            name: given if (given := settings.rules.get(name)) is not None else rules[name].level
            for name in only
        }
        settings = replace(settings, rules=levels)
    return settings


def sound_rules() -> dict[str, Rule]:
    """All rules. Raises UsageError where some cannot be loaded: a check without them would look clean."""
    for module, error in broken_rules().items():
        raise UsageError(said_of(module, error)) from error
    return load_rules()


def no_rule(name: str, rules: Iterable[str]) -> UsageError:
    return UsageError(f"there is no rule `{name}`{nearest(name, rules) or '.'} `nestwise rules` lists them.")


def load(
    paths: list[Path],
    args: argparse.Namespace,
    progress: Progress | None = None,
    *,
    changes: bool = False,
) -> tuple[Workspace, list[Path]]:
    """Read the workspace around the paths; these are given back in full. `changes`: will the caller change
    files of it?"""
    gc.disable()  # what is read here stays until the process ends: looking for garbage in it is in vain
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
    workspace = Workspace(root, settings, memory=Memory() if changes else Once())
    cache = FactsCache(None if getattr(args, "no_cache", False) else default_path())
    progress = progress or Progress()
    try:
        for part in workspace.refresh(cache, ahead(workspace.linter, cache, progress)):
            if part.total:
                progress.tell("reading", part.done, part.total)
    finally:
        progress.end()
    if not any(p.nest for p in workspace.layout.packages):
        for problem in workspace.layout.problems:
            if problem.path.endswith("package.json"):
                raise UsageError(f"{root / problem.path} {problem.message}")
        raise NoNestError(
            f"{root} is not a NestJS project: no package.json there or below depends on @nestjs/*."
            " Give the folder of one."
        )
    return workspace, full
