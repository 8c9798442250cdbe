"""`nestwise inspect FILE:LINE`: what the model knows of the thing that stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nestwise.cli import UsageError
from nestwise.cli.inspect_find import Thing, found_at, things_in
from nestwise.cli.inspect_parts import Describer
from nestwise.cli.inspect_schema import schema_inspected
from nestwise.cli.report import Ink
from nestwise.project.files import role_of
from nestwise.syntax.text import Text
from nestwise.workspace import Workspace

Row = dict[str, Any]
_PLACE = re.compile(r"(.+?):(\d+)(?::(\d+))?$", re.S)


def split_place(given: str) -> tuple[Path, int, int | None]:
    """A path, a line and perhaps a column, both from 1, of `FILE:LINE` or `FILE:LINE:COLUMN`."""
    found = _PLACE.fullmatch(given)
    if found is None or Path(given).exists():
        hint = f"{given}:1" if Path(given).is_file() else "src/users/users.controller.ts:12"
        raise UsageError(f"`{given}` names no line. Give FILE:LINE or FILE:LINE:COLUMN, like {hint}.")
    path, line, column = Path(found[1]), int(found[2]), int(found[3]) if found[3] else None
    if not path.exists():
        raise UsageError(f"{path} does not exist. Give a file of a NestJS project.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Give a file, and a line of it.")
    return path, line, column


def inspected(workspace: Workspace, path: str, line: int, column: int | None) -> Row:
    """What is known of the thing at a place, and of its file."""
    if path in workspace.project.schemas:
        return schema_inspected(workspace, path, line)
    file = workspace.file(path)
    if file is None:
        reason = "Git ignores it, `exclude` names it, or its package does not use Nest"
        raise UsageError(f"{path} is not part of the project: {reason}.")
    text = file.text
    if not 1 <= line <= text.line_count:
        raise UsageError(f"{path} has {text.line_count} lines; there is no line {line}.")
    start, end = _line(text, line)
    offset = None
    if column is not None:
        units = text.data[start:end].decode(errors="replace").encode("utf-16-le")
        if not 1 <= column <= len(units) // 2 + 1:
            raise UsageError(f"{path}:{line} has {len(units) // 2} columns; there is no column {column}.")
        offset = start + len(units[: 2 * (column - 1)].decode("utf-16-le", "replace").encode())
    describer = Describer(workspace, file)
    things = found_at(file, start, end, offset)
    out: Row = {"file": path, "line": line, "column": column, "role": str(role_of(path))}
    out["things"] = [described for thing in things if (described := describer.thing(thing))]
    if not out["things"]:
        near = _nearest(things_in(file), start)
        out["nearest"] = describer.place(near) if near is not None else None
    return out | describer.of_file()


def as_json(value: Any) -> Any:
    """With keys as programs write them (`importedBy`), and without what is for people alone."""
    if isinstance(value, dict):
        return {_camel(k): as_json(v) for k, v in value.items() if k != "text"}
    return [as_json(v) for v in value] if isinstance(value, list) else value


def _camel(key: str) -> str:
    head, *rest = key.split(" ")
    return head + "".join(word.capitalize() for word in rest)


def _line(text: Text, line: int) -> tuple[int, int]:
    """Where a line (from 1) starts and ends, without its line break (bytes)."""
    start = text.offset(line - 1, 0)
    end = text.offset(line, 0) if line < text.line_count else len(text.data)
    return start, end - (len(text.data[start:end]) - len(text.data[start:end].rstrip(b"\r\n")))


def _nearest(things: list[Thing], offset: int) -> Thing | None:
    return min(things, key=lambda t: abs(t.where.start - offset), default=None)


# --- for people --------------------------------------------------------------------------------


def shown(found: Row, ink: Ink, width: int) -> str:
    """The same as text: a heading for each thing, and a line for each fact."""
    out: list[str] = []
    for thing in found["things"]:
        where = f"{thing['file']}:{thing['line']}"
        out.append(f"{ink('1', thing['kind'] + ' ' + thing['name'])}  {ink('90', where)}")
        said = {k: v for k, v in thing.items() if k not in _HEAD}
        out += [*_facts(said, "  ", ink, width), *(f"  {line}" for line in thing.get("text", ())), ""]
    if not found["things"]:
        near = found["nearest"]
        out.append(f"Nothing that the model knows stands at {found['file']}:{found['line']}.")
        if near is not None:
            out.append(f"The nearest is {near['kind']} {near['name']} in line {near['line']}.")
        out.append("")
    out.append(f"{ink('1', 'file ' + found['file'])}  {ink('90', found['role'])}")
    facts: Row = {"starts": found["starts"]} | {p["what"]: _practice(p) for p in found["practices"]}
    habits = {h["aspect"]: _habit(h) for h in found["conventions"]}
    if found["things"]:  # in short, with what stands there in front
        facts["written with"] = [f"{name}: {habit.partition('  ')[0]}" for name, habit in habits.items()]
    else:
        facts |= habits
    return "\n".join([*out, *_facts(facts, "  ", ink, width)])


_HEAD = ("kind", "name", "file", "line", "text", "entity", "reads", "writes", "runs")
_WAYS = {"\t": "tab", "": "none", "  ": "2 blanks", "    ": "4 blanks", "0": "never wrapped"}


def _habit(habit: Row) -> str:
    here = f", {habit['count']} of {habit['of']} here" if habit["of"] else ""
    source = habit["source"] or "a default: too little code says it"
    return f"{_WAYS.get(habit['way'], habit['way'])}  ({source}{here})"


def _practice(found: Row) -> str:
    if not found["way"]:
        if not found["of"]:
            return "unknown: nothing here says it"
        few = "too few" if found["count"] * 2 > found["of"] else "no way has more than half"
        return f"unknown: {few}, {found['count']} of {found['of']}"
    source = f" from {found['from']}" if found.get("from") else ""
    return f"{found['way']}{source}  ({found['count']} of {found['of']})"


def _facts(facts: Row, pad: str, ink: Ink, width: int) -> list[str]:
    out: list[str] = []
    size = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        if value in (None, [], {}, "", False):
            continue
        head = f"{pad}{name:<{size}}  "
        lines = _value(value, width - len(head))
        if isinstance(value, list) and any(isinstance(v, dict) for v in value):
            out.append(f"{pad}{name}")
            for item in value:
                out += _item(item, f"{pad}  ", ink, width)
            continue
        painted = [
            ink("33", text) if name == "unknown" or text.startswith("unknown") else text for text in lines
        ]
        out.append(head + painted[0])
        out += [" " * len(head) + text for text in painted[1:]]
    return out


_BARE = frozenset({"kind", "path", "origin", "type", "access", "as", "marks", "state", "effect"})
"""Keys whose values speak for themselves."""


def _item(item: object, pad: str, ink: Ink, width: int) -> list[str]:
    """One of several records: its first value, and the others behind it."""
    if not isinstance(item, dict):
        return [f"{pad}{item}"]
    (_, first), *rest = item.items()
    said: list[str] = []
    for key, value in rest:
        if key == "certain":
            said += [] if value else ["perhaps"]
        elif value is True:
            said.append(key)
        elif value not in (None, [], {}, "", False):
            said.append(_flat(value) if key in _BARE else f"{key} {_flat(value)}")
    return _wrapped(f"{_flat(first)}{':' if said else ''}", said, pad, width)


def _wrapped(head: str, parts: list[str], pad: str, width: int) -> list[str]:
    out = [pad + head]
    for i, part in enumerate(parts):
        text = f" {part}{';' if i + 1 < len(parts) else ''}"
        if len(out[-1]) + len(text) > width and len(out[-1]) > len(pad) + 4:
            out.append(f"{pad}   {text}")
        else:
            out[-1] += text
    return out


def _flat(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_flat(v)}" for k, v in value.items() if v not in (None, [], {}, "", False))
    if isinstance(value, list):
        return ", ".join(_flat(v) for v in value)
    return str(value)


def _value(value: object, width: int) -> list[str]:
    """A value over as many lines as it needs."""
    if not isinstance(value, list):
        return [_flat(value)]
    out = [""]
    for i, part in enumerate(value):
        text = _flat(part) + ("," if i + 1 < len(value) else "")
        if out[-1] and len(out[-1]) + len(text) + 1 > width:
            out.append(text)
        else:
            out[-1] = f"{out[-1]} {text}" if out[-1] else text
    return out
