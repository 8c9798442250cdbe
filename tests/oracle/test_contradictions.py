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


# --- text: what a query holds -------------------------------------------------------------------

TEXTS: list[Any] = ["text", "1", "2.5", "true", "false", "2020-01-01"]
TEXTS += [*([one] for one in TEXTS), ["1", "2"]]
SAYS = {
    "A single": "single", "so `": "refused", "holds text alone and nothing": "text",
    "converted to be validated": "lost", "makes true": "true",
}  # fmt: skip


def query_case(rng: random.Random) -> Case:
    while True:
        case = random_case(rng)
        if case.type.partition("[")[0] in ("number", "boolean", "Date", "string"):
            return case


def query_says(cases: dict[str, Case]) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, case in cases.items():
            (root / f"{name}.ts").write_text(in_query(case.code(name)), "utf-8")
        (root / "package.json").write_text('{"name": "app", "dependencies": {"@nestjs/core": "11"}}', "utf-8")
        found = json.loads(nestwise("check", root, "--fail-on", "never", "--preset", "strict"))["findings"]
    return {
        finding["path"][:-3]: next(word for text, word in SAYS.items() if text in finding["message"])
        for finding in found
        if finding["rule"] == "dto-validation/query-not-converted"
    }


def in_query(code: str) -> str:
    return code.replace("@Body()", "@Query()").replace("Body, ", "Query, ")


def text_differences(case: Case, said: str, arrived: dict[str, str | None]) -> list[str]:
    """`arrived`: the kind of what the handler gets for each text, None where it is refused."""
    single = {arrived[json.dumps(value)] for value in TEXTS if isinstance(value, str)}
    lists = {arrived[json.dumps(value)] for value in TEXTS if not isinstance(value, str)}
    many = case.type.endswith("[]")
    declared = case.type.partition("[")[0].partition(" ")[0]
    match said:
        case "refused":
            return [] if single | (lists if many else set()) == {None} else ["some text passes"]
        case "text" | "lost" if not many and not case.vague and "Color" not in str(case.decorators):
            return [] if single - {None} == {"string"} else ["no text arrives"]
        case "true":
            return [] if arrived['"false"'] in ("true", None) else ["'false' is no true"]
        case "single":
            return [] if "Array" not in single else ["a single value becomes an array"]
        case "" if not case.vague and not many and "[" not in "".join(case.decorators):
            wrong = single & {"string"} and declared != "string"
            return ["text arrives, and nothing is said"] if wrong else []
    return []


def test_texts_are_what_the_pipe_makes_of_them() -> None:
    rng = random.Random(1)
    cases = {f"C{i}": query_case(rng) for i in range(CASES)}
    told = query_says(cases)
    answers = ask(
        {f"{name}.ts": in_query(case.code(name)) for name, case in cases.items()},
        [
            {
                "file": f"{name}.ts",
                "controller": name,
                "method": "handle",
                "options": OPTIONS[case.options],
                "values": [{"value": value} for value in TEXTS],
                "type": "query",
            }
            for name, case in cases.items()
        ],
    )
    wrong, counts = [], Counter[str]()
    for (name, case), given in zip(cases.items(), answers, strict=True):
        arrived: dict[str, str | None] = {}
        for value, answer in zip(TEXTS, given, strict=True):
            got = answer.get("is", {}).get("props", {}).get("value", {})
            kind = str(got.get("value")).lower() if got.get("kind") == "boolean" else got.get("kind")
            arrived[json.dumps(value)] = kind
        said = told.get(name, "")
        counts[said] += 1
        if found := text_differences(case, said, arrived):
            wrong.append(f"{found}: we say {said or 'nothing'} of {case}")
    assert not wrong, "\n".join(wrong)
    assert set(SAYS.values()) <= set(counts)


def test_findings_are_what_the_pipe_does() -> None:
    counts: Counter[str] = Counter()
    for seed in range(ROUNDS):
        rng = random.Random(seed)
        wrong, found = compared({f"C{i}": random_case(rng) for i in range(CASES)})
        assert not wrong, "\n".join(wrong)
        counts += found
    assert set(MESSAGES.values()) | {"silent"} <= set(counts)
