"""What the values of a request become: `converted` of `nestwise routes`, and what ValidationPipe hands on.

Random inputs (classes with nested ones, single values of the path and the query) are sent values of every
kind of JSON, or texts where they come from an address. Whatever is told of a value must be true of each that
arrives; `unknown` is counted, and may not become an excuse.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from random_input import Case, random_case
from validation_oracle import ask, nestwise

pytestmark = pytest.mark.slow

CASES = 500
ROUNDS = 25
SCALARS = {str: "string", int: "number", float: "number", bool: "boolean"}
ABSENT: dict[str, Any] = {"kind": "undefined"}
Row = dict[str, Any]


def we_say(cases: dict[str, Case]) -> dict[str, Row]:
    """The only input of each handler."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, case in cases.items():
            (root / f"{name}.ts").write_text(case.code(name), "utf-8")
        imports = "".join(f"import {{ {name} }} from './{name}';\n" for name in cases)
        (root / "main.ts").write_text(
            "import { Module } from '@nestjs/common';\nimport { NestFactory } from '@nestjs/core';\n"
            f"{imports}@Module({{ controllers: [{', '.join(cases)}] }})\nexport class AppModule {{}}\n"
            "async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n"
            "  await app.listen(3000);\n}\nvoid bootstrap();\n",
            "utf-8",
        )
        (root / "package.json").write_text('{"name": "app", "dependencies": {"@nestjs/core": "11"}}', "utf-8")
        rows = json.loads(nestwise("routes", root))
    return {row["handler"].partition(".")[0]: row["inputs"][0] for row in rows}


def compared(cases: dict[str, Case]) -> tuple[dict[str, list[str]], Counter[str]]:
    """For each case what is told wrongly; and how often each answer was put to the test."""
    told = we_say(cases)
    answers = ask({f"{n}.ts": c.code(n) for n, c in cases.items()}, [c.probe(n) for n, c in cases.items()])
    wrong: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for (name, case), given in zip(cases.items(), answers, strict=True):
        found = wrong.setdefault(name, [])
        for value, answer in zip(case.values, given, strict=True):
            if "is" not in answer:
                counts["refused"] += 1
                continue
            for claim, right, text in judged(told[name], value, answer["is"], "it"):
                counts[claim] += 1
                if not right:
                    found.append(f"{text} from {json.dumps(value)}")
    return wrong, counts


def judged(row: Row, before: Any, after: Row, at: str) -> Iterator[tuple[str, bool, str]]:
    """Each answer that can be seen in what became of a value; what is absent or null is not converted, and
    what does not arrive is not compared."""
    claim = row["converted"]
    if before is None or after["kind"] == "undefined":
        return
    if isinstance(before, list) and after["kind"] == "Array" and len(after["items"]) == len(before):
        for old, new in zip(before, after["items"], strict=True):
            yield from judged(row, old, new, f"{at}[]")
        return
    yield claim, holds(claim, before, after), f"{at}: we say {claim}, it is {after['kind']}"
    if isinstance(before, dict) and "props" in after:
        for inner in row.get("properties", ()):
            old, new = before.get(inner["name"]), after["props"].get(inner["name"], ABSENT)
            yield from judged(inner, old, new, f"{at}.{inner['name']}")


def holds(claim: str, before: Any, after: Row) -> bool:
    same = SCALARS.get(type(before), "Array" if isinstance(before, list) else "Object")
    match claim:
        case "unknown":
            return True
        case "number" | "string" | "boolean" | "Date":
            return bool(after["kind"] == claim)
        case "no":
            return bool(after["kind"] == same and ("value" not in after or after["value"] == before))
        case _:  # a class
            return bool(after["kind"] == (claim if same == "Object" else same))


def smallest(case: Case) -> str:
    """A failing case without everything that it fails without."""
    wrong = compared({"C": case})[0]["C"]
    for _ in range(ROUNDS):
        less = {f"C{i}": one for i, one in enumerate(case.smaller())}
        found = compared(less)[0] if less else {}
        name = next((name for name in less if found[name]), None)
        if name is None:
            break
        case, wrong = less[name], found[name]
    code = case.code("C")
    return f"{wrong[0]}\n{code[code.index('export class Inner') :]}"


def test_what_is_told_of_conversions_is_what_the_pipe_does() -> None:
    cases = {f"C{seed}": random_case(seed) for seed in range(CASES)}
    wrong, counts = compared(cases)
    failed = next((name for name, found in wrong.items() if found), None)
    assert failed is None, smallest(cases[failed])
    seen = counts.total() - counts["refused"]
    for claim in ("no", "number", "string", "boolean", "Date", "Inner", "Dto", "Array"):
        assert counts[claim] > 20, counts
    assert counts["unknown"] < seen * 0.15, counts
