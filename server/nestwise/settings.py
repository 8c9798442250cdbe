"""User settings: one model that validates, documents itself and makes the JSON schema.

`nestwise.json`, or the `nestwise` key of package.json, the nearest one above the folder.

The model is plain dataclasses, which pydantic reads as they are. So it is loaded only where there is
something to validate: its import takes longer than all else that a check of a small project does.
"""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from msgspec import Struct

from nestwise.project import jsonc

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"
    OFF = "off"


class Preset(StrEnum):
    RECOMMENDED = "recommended"
    STRICT = "strict"


def _camel(name: str) -> str:
    """`max_statements` as it is written in JSON."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


class _Model:
    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "alias_generator": _camel,
        "populate_by_name": True,
        "use_attribute_docstrings": True,
    }


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Options(_Model):
    """The rule's own options."""

    def __init_subclass__(cls) -> None:  # a rule only writes the fields
        dataclass(frozen=True, kw_only=True)(cls)


def options_of(kind: type[Options], given: Mapping[str, Any]) -> Options:
    """A rule's options; those that are not given have their defaults. Raises pydantic's ValidationError."""
    options: Options = adapter(kind).validate_python(given) if given else kind()
    return options


@dataclass(frozen=True, kw_only=True)
class Given(_Model):
    """What is checked in this folder, and how."""

    preset: Preset = Preset.RECOMMENDED
    """Which rules are on: `recommended`, or `strict` for the policies that a team must want."""

    rules: dict[str, Level | tuple[Level, dict[str, Any]]] = field(default_factory=dict)
    """Level of a rule by its id, or `[level, options]`."""

    exclude: tuple[str, ...] = ()
    """Files and folders that are not read: patterns as in `.gitignore`, relative to this file."""


@dataclass(frozen=True, kw_only=True)
class Settings(Given):
    """What a settings file says, and where it lies."""

    folder: str = ""
    """The folder of the file that the settings come from; empty for the defaults."""

    def level(self, rule: str, default: Level, strict_only: bool = False) -> Level:
        given = self.rules.get(rule)
        if given is None:
            return Level.OFF if strict_only and self.preset is not Preset.STRICT else default
        return given[0] if isinstance(given, tuple) else given

    def options(self, rule: str) -> dict[str, Any]:
        given = self.rules.get(rule)
        return given[1] if isinstance(given, tuple) else {}


class SettingsProblem(Struct, frozen=True):
    """One mistake, with its remedy and its place: lines and columns from 1, columns in UTF-16 units."""

    message: str
    start: tuple[int, int] = (1, 1)
    end: tuple[int, int] = (1, 1)


class SettingsError(Exception):
    """Settings that cannot be used: the file and everything that is wrong in it."""

    def __init__(self, path: str, problems: Iterable[SettingsProblem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}:{p.start[0]}:{p.start[1]}: {p.message}" for p in self.problems))


def read_settings(root: Path, rules: Mapping[str, type[Options]]) -> Settings:
    """The settings for a folder. `rules` are the known ids with their options. Raises SettingsError."""
    for folder in (root, *root.parents):
        for name, key in (("nestwise.json", ""), ("package.json", "nestwise")):
            found = _in_file(folder / name, key, rules)
            if found is not None:
                return found
        if (folder / ".git").exists():
            break
    return Settings()


def _in_file(file: Path, key: str, rules: Mapping[str, type[Options]]) -> Settings | None:
    """The settings in a file, below `key` if there is one; None where the file has none."""
    if not os.path.lexists(file):
        return None
    try:
        data = file.read_bytes() if file.is_file() else None
    except OSError:
        data = None
    if data is None:
        if key:
            return None
        message = "cannot be read. Make it a file that you may read, or remove it."
        raise SettingsError(str(file), [SettingsProblem(message)])
    if key and key.encode() not in data:
        return None
    return parsed(str(file), data, key, rules)


def parsed(path: str, data: bytes, key: str, rules: Mapping[str, type[Options]]) -> Settings | None:
    """The settings in the bytes of a file, below `key` if there is one. Raises SettingsError."""
    if problem := _encoding_problem(data):
        if key:
            return None
        raise SettingsError(path, [SettingsProblem(problem)])
    text = jsonc.decoded(data)
    try:
        document = jsonc.located(text)
    except jsonc.JsoncError as error:
        if key:
            return None  # the layout reports broken manifests
        message = f"is not valid JSON: {error.message}. Mend it."
        raise SettingsError(path, [_problem(text, (error.offset, error.offset), message)]) from None
    at: jsonc.Path = (key,) if key else ()
    value = document.value
    if key:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    given, mistakes = _validated(value, rules)
    found = [(document.place(at + m.path, m.key), m.message) for m in mistakes] + [
        (place, f"`{name}` is here twice; only the last one counts. Remove one.")
        for keys, place in document.repeated
        if keys[: len(at)] == at
        for name in (keys[-1],)
    ]
    if found or given is None:
        raise SettingsError(path, [_problem(text, place, message) for place, message in sorted(found)])
    return Settings(**vars(given), folder=str(Path(path).parent))


def adapter(model: type[Any]) -> TypeAdapter[Any]:
    """What validates values for a model, and makes its JSON schema."""
    from pydantic import TypeAdapter

    return TypeAdapter(model)


def _encoding_problem(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:4]:
        return "is not UTF-8 but UTF-16. Save it as UTF-8."
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"is not UTF-8 (byte {error.start}). Save it as UTF-8."
    return ""


def _problem(text: str, place: tuple[int, int], message: str) -> SettingsProblem:
    start, end = (_position(text, offset) for offset in place)
    return SettingsProblem(message, start, end)


def _position(text: str, offset: int) -> tuple[int, int]:
    lines = text[:offset].split("\n")
    return len(lines), len(lines[-1].encode("utf-16-le")) // 2 + 1


class _Mistake(Struct, frozen=True):
    path: tuple[str | int, ...]
    message: str
    key: bool = False
    """Is the key wrong, and not its value?"""


_LEVELS = ", ".join(Level)
_RULE_REMEDY = f'must be a level ({_LEVELS}) or a list like ["warning", {{ …options }}]'


_WANTED = {
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "an object",
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}


def _validated(value: object, rules: Mapping[str, type[Options]]) -> tuple[Given | None, list[_Mistake]]:
    """The settings in a value, or all that is wrong with it."""
    from pydantic import ValidationError

    if not isinstance(value, dict):
        return None, [_Mistake((), f"settings must be an object, not {_kind(value)}.")]
    value = {k: v for k, v in value.items() if k != "$schema"}
    mistakes: list[_Mistake] = []
    settings = None
    try:
        settings = adapter(Given).validate_python(value)
    except ValidationError as error:
        mistakes += _mistakes(error, Given, (), value)
    given = value.get("rules")
    for rule, setting in given.items() if isinstance(given, dict) else ():
        if rule not in rules:
            said = _sentence(f"there is no rule `{rule}`", nearest(rule, rules))
            mistakes.append(_Mistake(("rules", rule), said, True))
        elif isinstance(setting, list) and len(setting) == 2 and isinstance(setting[1], dict):
            try:
                options_of(rules[rule], setting[1])
            except ValidationError as error:
                mistakes += _mistakes(error, rules[rule], ("rules", rule, 1), setting[1], f" of `{rule}`")
    return settings, mistakes


def _mistakes(
    error: ValidationError, model: type[_Model], base: jsonc.Path, value: object, of: str = ""
) -> Iterator[_Mistake]:
    """What is wrong, once for each place; a rule's setting is one place."""
    seen: set[jsonc.Path] = set()
    known = [_camel(name.name) for name in fields(model)]  # type: ignore[arg-type]
    for item in error.errors(include_url=False):
        path: jsonc.Path = item["loc"]
        if not base and path[:1] == ("rules",) and len(path) > 2:
            path = path[:2]
        path = tuple(part for part in path if isinstance(part, int) or "[" not in part)
        if path in seen:
            continue
        seen.add(path)
        where = ".".join(map(str, path))
        if item["type"] == "unexpected_keyword_argument":
            kind = "an option" if of else "a setting"
            yield _Mistake(
                base + path, _sentence(f"`{where}` is not {kind}{of}", nearest(str(path[-1]), known)), True
            )
        elif not base and path[:1] == ("rules",) and len(path) == 2:
            yield _Mistake(path, _sentence(f"`{path[1]}` {_RULE_REMEDY}", _nearest_level(item["input"])))
        else:
            wanted = _WANTED.get(item["type"]) or item["msg"].removeprefix("Input should be ")
            hint = nearest(item["input"], Preset) if path == ("preset",) else ""
            said = f"`{where}`{of} must be {wanted}, not {_kind(item['input'])}"
            yield _Mistake(base + path, _sentence(said, hint))


def _sentence(said: str, hint: str) -> str:
    return f"{said}{hint or '.'}"


def _nearest_level(given: object) -> str:
    first = given[0] if isinstance(given, list) and given else given
    return nearest(first, Level)


def _kind(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) < 40 else shown[:36] + "…"


def nearest(name: object, known: Iterable[str]) -> str:
    """`; did you mean …?`, or nothing."""
    import difflib  # only mistakes need it

    if not isinstance(name, str):
        return ""
    found = difflib.get_close_matches(name, [str(k) for k in known], 1, 0.5)
    return f"; did you mean `{found[0]}`?" if found else ""
