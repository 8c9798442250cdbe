"""User settings: one model that validates, documents itself and makes the JSON schema.

`nestwise.json`, or the `nestwise` key of package.json, the nearest one above the folder.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from nestwise.project import jsonc


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"
    OFF = "off"


class Preset(StrEnum):
    RECOMMENDED = "recommended"
    STRICT = "strict"


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


class Options(_Model):
    """Base class of a rule's own options."""


class Settings(_Model):
    preset: Preset = Preset.RECOMMENDED
    """Which rules are on: `recommended`, or `strict` for the policies that a team must want."""

    rules: dict[str, Level | tuple[Level, dict[str, Any]]] = Field(default_factory=dict)
    """Level of a rule by its id, or `[level, options]`."""

    exclude: tuple[str, ...] = ()
    """Glob patterns of files and folders that are not read."""

    def level(self, rule: str, default: Level, strict_only: bool = False) -> Level:
        given = self.rules.get(rule)
        if given is None:
            return Level.OFF if strict_only and self.preset is not Preset.STRICT else default
        return given[0] if isinstance(given, tuple) else given

    def options(self, rule: str) -> dict[str, Any]:
        given = self.rules.get(rule)
        return given[1] if isinstance(given, tuple) else {}


@dataclass(frozen=True)
class SettingsError(Exception):
    """Settings that cannot be used, with the file and the remedy."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def read_settings(root: Path, rules: dict[str, type[Options]]) -> Settings:
    """The settings for a folder. `rules` are the known ids with their options. Raises SettingsError."""
    for folder in (root, *root.parents):
        found = _in_folder(folder)
        if found is not None:
            return validated(*found, rules)
        if (folder / ".git").exists():
            break
    return Settings()


def _in_folder(folder: Path) -> tuple[str, object] | None:
    for name in ("nestwise.json", "package.json"):
        file = folder / name
        if not file.is_file():
            continue
        try:
            value = jsonc.loads(file.read_text("utf-8", errors="replace"))
        except (jsonc.JsoncError, OSError) as error:
            if name == "package.json":
                return None
            raise SettingsError(str(file), f"cannot be read: {error}") from None
        if name == "nestwise.json":
            return str(file), value
        if isinstance(value, dict) and "nestwise" in value:
            return str(file), value["nestwise"]
    return None


def validated(path: str, value: object, rules: dict[str, type[Options]]) -> Settings:
    """The settings in a value; unknown keys and rules are errors that name the nearest known one."""
    if isinstance(value, dict):
        value = {k: v for k, v in value.items() if k != "$schema"}
    try:
        settings = Settings.model_validate(value)
    except ValidationError as error:
        raise SettingsError(path, _explained(error, [to_camel(n) for n in Settings.model_fields])) from None
    for rule in settings.rules:
        if rule not in rules:
            raise SettingsError(path, f"there is no rule `{rule}`{nearest(rule, rules)}")
        try:
            rules[rule].model_validate(settings.options(rule))
        except ValidationError as error:
            known = [to_camel(n) for n in rules[rule].model_fields]
            raise SettingsError(path, f"options of `{rule}`: {_explained(error, known)}") from None
    return settings


def nearest(name: str, known: Any) -> str:
    found = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean `{found[0]}`?" if found else ""


def _explained(error: ValidationError, known: list[str]) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("tuple[Level,dict[str,any]]",))
    if first["type"] == "extra_forbidden":
        return f"`{where}` is not a setting{nearest(where, known)}"
    return f"`{where}`: {first['msg']}"
