"""Validators that do not fit the type of their property: what we say of them, and what ValidationPipe does.

Random properties are sent values of every kind. Whatever a finding claims must be true of each, and where
nothing is said some value that keeps to the declared type must pass.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from validation_oracle import ask, nestwise

pytestmark = pytest.mark.slow

CASES = 300
ROUNDS = 2
IMPLICIT = {"transform": True, "transformOptions": {"enableImplicitConversion": True}}
OPTIONS: list[dict[str, Any]] = [{}, {"transform": True}, {"whitelist": True}, IMPLICIT]
RIGHT: dict[str, list[Any]] = {
    "string": ["text", "1", "2020-01-01", "red", "true"],
    "number": [1, 2.5],
    "boolean": [True, False],
    "Date": ["2020-01-01", "2020-01-01T00:00:00Z", "1", 1],
    "Color": ["red"],
    "Inner": [{}],
}
TYPES = [*RIGHT, *(f"{kind}[]" for kind in RIGHT), "string | null", "string | number"]
ONE = ["IsString", "IsNumber", "IsInt", "IsBoolean", "IsDate", "IsDateString", "IsNumberString", "IsNotEmpty"]
WHOLE = ["IsArray", "ArrayNotEmpty"]
MADE = ["Number", "String", "Boolean", "Date"]
MESSAGES = {
    "no request to": "always", "keep to the type": "right", "refuse every array": "arrays",
    "refuses every array": "arrays", "lets arrays into": "spread", "that is no array": "inner",
    "looks at its elements": "elements", "is what `C": "other",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    type: str
    decorators: tuple[str, ...]
    options: int

    def code(self, name: str) -> str:
        options = json.dumps(OPTIONS[self.options])
        return (
            "import { Body, Controller, Post, UsePipes, ValidationPipe } from '@nestjs/common';\n"
            "import { Type } from 'class-transformer';\n"
            f"import {{ {', '.join(['IsEnum', *ONE, *WHOLE])} }} from 'class-validator';\n"
            "export enum Color { Red = 'red' }\nexport class Inner {}\n"
            f"export class Dto {{\n  {' '.join(self.decorators)} value: {self.type};\n}}\n"
            f"@Controller('{name}')\nexport class {name} {{\n"
            f"  @Post() @UsePipes(new ValidationPipe({options}))\n  handle(@Body() dto: Dto) {{}}\n}}\n"
        )

    @property
    def vague(self) -> bool:
        """Is it of what the metadata depends on the compiler for, of a format that no enum has, or of
        validators that contradict one another?"""
        text = " ".join(self.decorators)
        formats = sum(name in text for name in ("IsDateString", "IsNumberString", "Color"))
        kinds = sum(
            name in text for name in ("String", "Color", "IsNumber(", "IsInt", "IsBoolean", "IsDate(")
        )
        odd = self.type[:5] in ("Color", "Inner") or "|" in self.type
        return (
            formats > 1
            or (formats and (odd or "@Type" in text))
            or kinds > 1
            or (odd and (self.options == 3 or "@Type" in text))
        )

    @property
    def right(self) -> list[Any]:
        """Values that keep to the type, as JSON has them."""
        if self.type.endswith("[]"):
            return [[one] for one in RIGHT[self.type[:-2]]]
        return [one for kind in self.type.split(" | ") for one in RIGHT.get(kind, [])]


def every_value() -> list[Any]:
    single = [one for values in RIGHT.values() for one in values]
    return [*single, *([one] for one in single), [["text"]], []]


def random_case(rng: random.Random) -> Case:
    kind = rng.choice(TYPES)
    decorators = []
    for name in rng.sample([*ONE, "IsEnum"], rng.choice([1, 1, 1, 2])):
        each = rng.random() < (0.6 if kind.endswith("[]") else 0.2)
        first = {"IsEnum": "Color", "IsNumber": "{}", "IsDateString": "{}", "IsNumberString": "{}"}.get(
            name, ""
        )
        given = [first] if first and (each or name == "IsEnum") else []
        decorators.append(f"@{name}({', '.join([*given, *(['{ each: true }'] if each else [])])})")
    if kind.endswith("[]") and rng.random() < 0.6:
        decorators.append(f"@{rng.choice(WHOLE)}({rng.choice(['', '', '', '{ each: true }'])})")
        decorators = decorators[rng.choice([0, 0, len(decorators) - 1]) :]
    if rng.random() < 0.3:
        decorators.append(f"@Type(() => {rng.choice(MADE)})")
    return Case(kind, tuple(decorators), rng.randrange(len(OPTIONS)))


def we_say(cases: dict[str, Case]) -> dict[str, set[str]]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, case in cases.items():
            (root / f"{name}.ts").write_text(case.code(name), "utf-8")
        (root / "package.json").write_text('{"name": "app", "dependencies": {"@nestjs/core": "11"}}', "utf-8")
        found = json.loads(nestwise("check", root, "--fail-on", "never"))["findings"]
    told: dict[str, set[str]] = {}
    for finding in found:
        if finding["rule"] in ("dto-validation/each-missing", "dto-validation/validator-mismatch"):
            said = next(word for text, word in MESSAGES.items() if text in finding["message"])
            if "whatever is sent" in finding["message"]:
                said = "always"
            told.setdefault(finding["path"][:-3], set()).add(said)
    return told


def differences(case: Case, said: set[str], passes: dict[str, bool], handed: dict[str, Any]) -> list[str]:
    def some(values: list[Any]) -> bool:
        return any(passes[json.dumps(value)] for value in values)

    right = case.right
    lists = [value for value in every_value() if isinstance(value, list) and value]
    wrong = []
    if "always" in said and some([v for v in every_value() if v != [] and (v != {} or "[" not in case.type)]):
        wrong.append("something passes")
    if "right" in said and some(right):
        wrong.append("a value of the type passes")
    if "arrays" in said and some(lists):
        wrong.append("an array passes")
    if "inner" in said and some(right):
        wrong.append("an array of the type passes")
    if said == {"spread"} and not case.vague and not some(lists):
        wrong.append("no array passes")
    if "elements" in said and not all(passes[json.dumps(v)] for v in lists):
        wrong.append("elements are looked at")
    if (
        "other" in said
        and not (case.vague or "Color" in str(case.decorators))
        and not any(
            passes[json.dumps(v)] and handed[json.dumps(v)] in ("string", "number", "Array") for v in right
        )
    ):
        wrong.append("nothing else arrives")
    if not said - {"spread", "elements"} and not case.vague and not some(right):
        wrong.append("no value of the type passes, and nothing is said")
    return wrong


def compared(cases: dict[str, Case]) -> tuple[list[str], Counter[str]]:
    told = we_say(cases)
    values = every_value()
    answers = ask(
        {f"{name}.ts": case.code(name) for name, case in cases.items()},
        [
            {
                "file": f"{name}.ts",
                "controller": name,
                "method": "handle",
                "options": OPTIONS[case.options],
                "values": [{"value": value} for value in values],
            }
            for name, case in cases.items()
        ],
    )
    wrong, counts = [], Counter[str]()
    for (name, case), given in zip(cases.items(), answers, strict=True):
        passes = {json.dumps(v): "ok" in a for v, a in zip(values, given, strict=True)}
        handed = {
            json.dumps(v): a["is"]["props"].get("value", {}).get("kind")
            for v, a in zip(values, given, strict=True)
            if "ok" in a
        }
        said = told.get(name, set())
        counts.update(said or {"silent"})
        found = differences(case, said, passes, handed)
        if found:
            wrong.append(f"{found}: we say {said or 'nothing'} of {case}")
    return wrong, counts


def test_findings_are_what_the_pipe_does() -> None:
    counts: Counter[str] = Counter()
    for seed in range(ROUNDS):
        rng = random.Random(seed)
        wrong, found = compared({f"C{i}": random_case(rng) for i in range(CASES)})
        assert not wrong, "\n".join(wrong)
        counts += found
    assert set(MESSAGES.values()) | {"silent"} <= set(counts)
