"""`nestwise check | routes | graph | inspect | explain | rules | fix | init | lsp`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TextIO

from nestwise import __version__


class UsageError(Exception):
    """Wrong use or configuration, said in one line with its remedy; exit code 2."""


class NoNestError(UsageError):
    """There is no NestJS project around the paths."""


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code: 0 nothing found, 1 findings, 2 wrong use or configuration."""
    _prepare_streams()
    args = _parser().parse_args(argv)
    try:
        if getattr(args, "format", "text") not in ("text", "table"):  # programs read it
            _reconfigure(sys.stdout, encoding="utf-8")
        # A check that finds its last outcome still right needs nothing of what the others load.
        module = "nestwise.cli.check" if args.command == "check" else "nestwise.cli.commands"
        code: int = getattr(import_module(module), args.command)(args)
        sys.stdout.flush()
    except UsageError as error:
        return _fail(str(error))
    except BrokenPipeError:
        _forget_output()
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        _forget_output()
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}. Free space or check the permissions, and try again.")
    except Exception as error:
        if os.environ.get("NESTWISE_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return _fail(f"this is a bug in nestwise ({what}). Set NESTWISE_DEBUG=1 to see where, and report it.")
    return code


def _prepare_streams() -> None:
    """Let no character be unprintable, whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream, errors="backslashreplace")


def _reconfigure(stream: TextIO, **how: str) -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(**how)  # type: ignore[arg-type]


def _forget_output() -> None:
    """Python would try to write the rest at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str) -> int:
    print(f"nestwise: {message}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nestwise", description="NestJS conventions, checked.")
    parser.add_argument("--version", action="version", version=f"nestwise {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="report findings")
    check.add_argument("path", type=Path, nargs="*", default=[Path()], metavar="PATH")
    formats = ["text", "json", "sarif", "github", "gitlab", "junit"]
    check.add_argument("--format", choices=formats, default="text")
    check.add_argument("--preset", choices=["recommended", "strict"])
    check.add_argument("--only", nargs="+", metavar="ID", help="run these rules alone")
    levels = ["error", "warning", "information", "never"]
    check.add_argument("--fail-on", choices=levels, default="warning", help="exit 1 from this level on")
    check.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    check.add_argument("--no-cache", action="store_true")
    _add_skip(check)

    fix = commands.add_parser("fix", help="apply the fixes that are safe")
    fix.add_argument("path", type=Path, nargs="*", default=[Path()], metavar="PATH")
    fix.add_argument("--unsafe", action="store_true", help="also those that want a review")
    fix.add_argument("--diff", action="store_true", help="show the changes, write nothing")
    fix.add_argument("--only", nargs="+", metavar="ID")
    _add_skip(fix)

    routes = commands.add_parser("routes", help="list the routes with what guards them")
    routes.add_argument("path", type=Path, nargs="?", default=Path(), metavar="PATH")
    routes.add_argument("--format", choices=["table", "json"], default="table")
    routes.add_argument("--guards", action="store_true", help="say what guards each, in order")
    routes.add_argument(
        "--unguarded",
        action="store_true",
        help="only those that anyone may call, or of which that is unknown",
    )

    graph = commands.add_parser("graph", help="show modules, providers and where dependencies come from")
    graph.add_argument("path", type=Path, nargs="?", default=Path(), metavar="PATH")
    graph.add_argument("--format", choices=["text", "json", "mermaid", "dot"], default="text")
    graph.add_argument("--app", metavar="NAME", help="only this application")
    graph.add_argument("--module", metavar="NAME", help="only this module, its imports and its importers")
    graph.add_argument("--providers", action="store_true", help="with what is in them; JSON always has it")
    graph.add_argument("--color", choices=["auto", "always", "never"], default="auto")

    inspect = commands.add_parser("inspect", help="say what is known of the thing at a place")
    inspect.add_argument("place", metavar="FILE:LINE[:COLUMN]")
    inspect.add_argument("--format", choices=["text", "json"], default="text")
    inspect.add_argument("--color", choices=["auto", "always", "never"], default="auto")

    explain = commands.add_parser("explain", help="show the page of a rule")
    explain.add_argument("rule")
    commands.add_parser("rules", help="list the rules")
    init = commands.add_parser("init", help="write a nestwise.json")
    init.add_argument("path", type=Path, nargs="?", default=Path(), metavar="PATH")
    lsp = commands.add_parser("lsp", help="serve an editor over stdio")
    lsp.add_argument("--stdio", action="store_true", help="the default")
    # What clients append to the command by themselves; the process comes with `initialize`, too.
    lsp.add_argument("--clientProcessId", metavar="N", help=argparse.SUPPRESS)
    lsp.add_argument("--tcp", metavar="HOST:PORT", help="for debugging")
    return parser


def _add_skip(command: argparse.ArgumentParser) -> None:
    told = "say nothing of paths that are not checked, for hooks that pass whatever was changed"
    command.add_argument("--skip-others", action="store_true", help=told)
