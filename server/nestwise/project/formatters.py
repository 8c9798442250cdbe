"""How the settings of formatters say that TypeScript is written: Prettier, Biome, ESLint, EditorConfig.

Nothing is run: of a settings file that is code only an object literal is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tree_sitter import Node

from nestwise.project import jsonc
from nestwise.project.files import BIOME, EDITORCONFIG, ESLINT
from nestwise.syntax.nodes import child, named, walk
from nestwise.syntax.source import Dialect, Source
from nestwise.syntax.style import ARGUMENT_COMMAS, COMMAS, INDENT, QUOTES, SEMICOLONS, SPACED, WIDTH

Ways = Mapping[str, str]
"""Aspect to way, as in `style`."""

PRETTIER_DEFAULTS = {QUOTES: '"', SEMICOLONS: ";", INDENT: "  ", COMMAS: "yes", SPACED: "yes", WIDTH: "80"}
"""Whether arguments have trailing commas depends on its version."""
_BIOME_DEFAULTS = {**PRETTIER_DEFAULTS, INDENT: "\t", ARGUMENT_COMMAS: "yes"}
_FOR_TS = re.compile(r"(?:^|[*.{,|(])(?:\[cm\]\?|[cm]\?)?ts(?:[},|)]|$|\?)|^\*\*?(?:/\*)?$")


def ways_of(name: str, text: str) -> tuple[Ways, bool]:
    """What a settings file says of TypeScript; and is what it leaves out Prettier's default? Not where it is
    no file of Prettier's, or has something spread in that is not read."""
    if name == EDITORCONFIG:
        return _of_editorconfig(text), False
    data = _data(name, text)
    if name == "package.json":
        data = _inner(data, "prettier")
        if not data:
            return {}, False
    if not isinstance(data, dict):
        return {}, False
    if name in BIOME:
        return _of_biome(data), False
    if name in ESLINT:
        return _of_eslint(data), False
    return _of_prettier(data), "..." not in data


def _data(name: str, text: str) -> Any:
    ending = name.rpartition(".")[2]
    if ending in ("js", "cjs", "mjs", "ts"):
        return _exported(text)
    if ending in ("yaml", "yml", "toml"):
        return _lines(text)
    try:
        return jsonc.loads(text)
    except ValueError:
        return _lines(text) if ending in ("prettierrc", "eslintrc") else None


def _of_prettier(data: Mapping[str, Any]) -> Ways:
    """Settings of Prettier, and of its overrides for TypeScript."""
    options = dict(data)
    for item in options.get("overrides") or ():
        files = item.get("files") if isinstance(item, dict) else None
        given = item.get("options") if isinstance(item, dict) else None
        if isinstance(given, dict) and any(_FOR_TS.search(f) for f in _texts(files)):
            options |= given
    said: dict[str, str] = {}
    if isinstance(single := options.get("singleQuote"), bool):
        said[QUOTES] = "'" if single else '"'
    if isinstance(semi := options.get("semi"), bool):
        said[SEMICOLONS] = ";" if semi else ""
    if options.get("useTabs") is True:
        said[INDENT] = "\t"
    elif isinstance(width := options.get("tabWidth"), int) and 0 < width <= 8:
        said[INDENT] = " " * width
    if isinstance(columns := options.get("printWidth"), int) and columns > 0:
        said[WIDTH] = str(columns)
    if isinstance(spaced := options.get("bracketSpacing"), bool):
        said[SPACED] = "yes" if spaced else "no"
    if (commas := options.get("trailingComma")) in ("all", "es5", "none"):
        said[COMMAS] = "no" if commas == "none" else "yes"
        said[ARGUMENT_COMMAS] = "yes" if commas == "all" else "no"
    return said


def _of_biome(data: Mapping[str, Any]) -> Ways:
    general, own = _inner(data, "formatter"), _inner(data, "javascript", "formatter")
    if general.get("enabled") is False or own.get("enabled") is False:
        return {}
    options = {**general, **own}
    said = dict(_BIOME_DEFAULTS)
    if options.get("quoteStyle") == "single":
        said[QUOTES] = "'"
    if options.get("semicolons") == "asNeeded":
        said[SEMICOLONS] = ""
    if options.get("indentStyle") == "space":
        width = options.get("indentWidth", options.get("indentSize", 2))
        said[INDENT] = " " * width if isinstance(width, int) and 0 < width <= 8 else "  "
    if isinstance(columns := options.get("lineWidth"), int) and columns > 0:
        said[WIDTH] = str(columns)
    if options.get("bracketSpacing") is False:
        said[SPACED] = "no"
    commas = options.get("trailingCommas", options.get("trailingComma"))
    if commas in ("none", "es5"):
        said[COMMAS] = "no" if commas == "none" else "yes"
        said[ARGUMENT_COMMAS] = "no"
    return said


def _of_eslint(data: Mapping[str, Any]) -> Ways:
    """Rules about style that are on; what an `extends` brings is not looked at."""
    said: dict[str, str] = {}
    for name, given in _inner(data, "rules").items():
        level, *options = given if isinstance(given, list) and given else [given]
        if level in ("off", 0):
            continue
        option = options[0] if options else None
        match name.rpartition("/")[2]:
            case "quotes" if option in ("single", "double"):
                said[QUOTES] = "'" if option == "single" else '"'
            case "semi":
                said[SEMICOLONS] = "" if option == "never" else ";"
            case "indent" if option == "tab":
                said[INDENT] = "\t"
            case "indent" if isinstance(option, int) and 0 < option <= 8:
                said[INDENT] = " " * option
            case "comma-dangle" if isinstance(option, str):
                said[COMMAS] = "no" if option == "never" else "yes"
            case "object-curly-spacing" if option in ("always", "never"):
                said[SPACED] = "yes" if option == "always" else "no"
    return said


def _of_editorconfig(text: str) -> Ways:
    said: dict[str, str] = {}
    options: dict[str, str] = {}
    counts = False
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            counts = _FOR_TS.search(line[1:].rpartition("]")[0]) is not None
        elif counts and line[:1] not in ("#", ";", ""):
            key, _, value = line.partition("=")
            options[key.strip().lower()] = value.strip().lower()
    size = options.get("indent_size", options.get("tab_width", ""))
    if options.get("indent_style") == "tab":
        said[INDENT] = "\t"
    elif size.isdecimal() and 0 < int(size) <= 8:
        said[INDENT] = " " * int(size)
    if (columns := options.get("max_line_length", "")).isdecimal() and int(columns) > 0:
        said[WIDTH] = columns
    if (quote := options.get("quote_type")) in ("single", "double"):
        said[QUOTES] = "'" if quote == "single" else '"'
    return said


def _inner(data: Any, *keys: str) -> dict[str, Any]:
    found: Any = data
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> Iterable[str]:
    given = value if isinstance(value, list) else [value]
    return [item for item in given if isinstance(item, str)]


_ENTRY = re.compile(r"^([A-Za-z]\w*)\s*[:=]\s*(.*?)\s*(?:#.*)?$")


def _lines(text: str) -> dict[str, Any] | None:
    """The plain entries at the top of YAML or TOML; None where there is text and no such entry."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        if line.startswith("["):
            break
        if (entry := _ENTRY.match(line)) is not None and (value := entry[2].strip("'\"")):
            plain: dict[str, Any] = {"true": True, "false": False}
            found[entry[1]] = plain.get(value, int(value) if value.isdecimal() else value)
    return found if found or not text.strip() else None


def _exported(text: str) -> Any:
    """The object literal that a module exports."""
    source = Source.parse(text.encode(), Dialect.TS)
    names: dict[str, Node] = {}
    given: Node | None = None
    for node in walk(source.root):
        if node.type == "variable_declarator" and (value := child(node, "value")) is not None:
            names[source.text_of(child(node, "name"))] = value
        elif node.type == "export_statement" and (value := child(node, "value")) is not None:
            given = value
        elif node.type == "assignment_expression" and source.text_of(child(node, "left")) == "module.exports":
            given = child(node, "right")
    if given is not None and given.type in ("satisfies_expression", "as_expression"):
        given = next(iter(named(given)), None)
    if given is not None and given.type == "identifier":
        given = names.get(source.text_of(given))
    if given is not None and given.type in ("satisfies_expression", "as_expression"):
        given = next(iter(named(given)), None)
    return _value(source, given) if given is not None else None


def _value(source: Source, node: Node) -> Any:
    """A literal; `...` as a key says that something was spread in. None for what is no literal."""
    match node.type:
        case "object":
            out: dict[str, Any] = {}
            for part in named(node):
                key, value = child(part, "key"), child(part, "value")
                if part.type == "pair" and key is not None and value is not None:
                    out[source.text_of(key).strip("'\"")] = _value(source, value)
                elif part.type == "spread_element":
                    out["..."] = True
            return out
        case "array":
            return [_value(source, part) for part in named(node)]
        case "string":
            return source.text_of(node)[1:-1]
        case "true" | "false":
            return node.type == "true"
        case "number" if (text := source.text_of(node)).isdecimal():
            return int(text)
        case _:
            return None
