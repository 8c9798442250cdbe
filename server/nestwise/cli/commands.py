"""What each command but `check` does."""

from __future__ import annotations

import argparse
import json

from nestwise.cli import NoNestError, UsageError
from nestwise.cli.loading import load, no_rule, sound_rules
from nestwise.cli.roots import selected


def fix(args: argparse.Namespace) -> int:
    from nestwise.cli.fix import fix as fix_files

    try:
        workspace, paths = load(args.path, args, changes=True)
    except NoNestError:
        if not args.skip_others:
            raise
        return 0
    return fix_files(workspace, selected(workspace, paths), unsafe=args.unsafe, diff=args.diff)


def routes(args: argparse.Namespace) -> int:
    from nestwise.cli.routes import rows, table, unguarded

    workspace, _ = load([args.path], args)
    found = rows(workspace)
    if args.unguarded:
        found = unguarded(found)
    as_json = args.format == "json"
    print(json.dumps(found, ensure_ascii=False, indent=2) if as_json else table(found, guards=args.guards))
    return 0


def graph(args: argparse.Namespace) -> int:
    from nestwise.cli import graph_draw
    from nestwise.cli.graph import applications_shown
    from nestwise.cli.graph_pick import picked
    from nestwise.cli.graph_tree import tree
    from nestwise.cli.report import colored, columns

    workspace, _ = load([args.path], args)
    found = picked(applications_shown(workspace), args.app, args.module)
    match args.format:
        case "json":
            text = json.dumps({"applications": found}, ensure_ascii=False, indent=2)
        case "mermaid":
            text = graph_draw.mermaid(found, providers=args.providers)
        case "dot":
            text = graph_draw.dot(found, providers=args.providers)
        case _:
            text = tree(found, providers=args.providers, width=columns(), color=colored(args.color))
    print(text)
    return 0


def inspect(args: argparse.Namespace) -> int:
    from nestwise.cli.inspect import as_json, inspected, shown, split_place
    from nestwise.cli.report import colored, columns, ink_for

    path, line, column = split_place(args.place)
    workspace, [full] = load([path], args)
    found = inspected(workspace, full.relative_to(workspace.root).as_posix(), line, column)
    if args.format == "json":
        print(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        print(shown(found, ink_for(colored(args.color)), columns()))
    return 0


def explain(args: argparse.Namespace) -> int:
    rules = sound_rules()
    rule = rules.get(args.rule)
    if rule is None:
        raise no_rule(args.rule, rules)
    preset = "strict" if rule.strict else "recommended"
    print(f"{rule.level} · {preset} · since {rule.since}{' · fixable' if rule.fixes else ''}\n\n{rule.doc}")
    return 0


def rules(args: argparse.Namespace) -> int:
    for rule in sound_rules().values():
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
    from nestwise.lsp.server import AddressError, serve  # the other commands must not pay for the protocol

    try:
        return serve(args.tcp)
    except AddressError as error:
        raise UsageError(str(error)) from None
