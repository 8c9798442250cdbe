"""What no validator checks, and what then becomes of it: our answer, and that of ValidationPipe itself.

Random request classes are sent values that no validator accepts, property by property. What the pipe does
with each (it is checked, stripped, refused, or let through) must be what the findings say, and `validated`
of `nestwise routes` must be the sum of it.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from validation_oracle import ask, nestwise

pytestmark = pytest.mark.slow

WRONG = {"no validator": "accepts this"}
RIGHT = {"string": "text", "number": 1, "boolean": True}
CHECKS = {"string": "@IsString()", "number": "@IsNumber()", "boolean": "@IsBoolean()"}
RULES = ("dto-validation/unvalidated-property", "dto-validation/nested-not-validated")
VERBS = {"strips": "stripped", "rejects": "refused", "let through": "passed", "empties": "emptied"}


@dataclass(frozen=True)
class Prop:
    name: str
    type: str
    decorators: tuple[str, ...] = ()
    meant: bool = False
    """Is it unchecked on purpose (`@Allow`, `@IsOptional` alone)?"""

    def code(self) -> str:
        return f"  {' '.join([*self.decorators, ''])}{self.name}: {self.type};\n"

    @property
    def nested(self) -> bool:
        return self.type.startswith("Inner")

    def value(self, right: bool) -> Any:
        if self.nested:
            one = {"inner": "text" if right else WRONG}
            return [one] if self.type.endswith("[]") else one
        return RIGHT[self.type] if right else WRONG


@dataclass(frozen=True)
class Dto:
    base: tuple[Prop, ...]
    other: tuple[Prop, ...]
    own: tuple[Prop, ...]
    heritage: str
    options: dict[str, bool] = field(hash=False)

    def code(self, name: str) -> str:
        return (
            "import { Body, Controller, Post, UsePipes, ValidationPipe } from '@nestjs/common';\n"
            "import { IntersectionType, OmitType, PartialType, PickType } from '@nestjs/mapped-types';\n"
            "import { Type } from 'class-transformer';\n"
            "import { Allow, IsArray, IsBoolean, IsNumber, IsObject, IsOptional, IsString, ValidateNested }"
            " from 'class-validator';\n"
            "export class Inner {\n  @IsString() inner: string;\n}\n"
            f"export class Base {{\n{''.join(p.code() for p in self.base)}}}\n"
            f"export class Other {{\n{''.join(p.code() for p in self.other)}}}\n"
            f"export class Dto{self.heritage} {{\n{''.join(p.code() for p in self.own)}}}\n"
            f"@Controller('{name}')\nexport class {name} {{\n"
            f"  @Post() @UsePipes(new ValidationPipe({json.dumps(self.options)}))\n"
            "  handle(@Body() dto: Dto) {}\n}\n"
        )

    @property
    def props(self) -> dict[str, Prop]:
        """The properties that it has after inheritance and mapped types; decorators of a base count too."""
        found: dict[str, Prop] = {}
        if "Base" in self.heritage:
            found |= {p.name: p for p in self.base}
        if "Other" in self.heritage:
            found |= {p.name: p for p in self.other}
        if "PickType" in self.heritage:
            found = {n: p for n, p in found.items() if f"'{n}'" in self.heritage}
        if "OmitType" in self.heritage:
            found = {n: p for n, p in found.items() if f"'{n}'" not in self.heritage}
        for p in self.own:
            old = found.get(p.name)
            found[p.name] = replace(p, meant=p.meant or old.meant) if old else p
        return found


@st.composite
def prop(draw: st.DrawFn, name: str, kind: str = "") -> Prop:
    kind = kind or draw(st.sampled_from(["string", "number", "boolean", "Inner", "Inner[]"]))
    if kind.startswith("Inner"):
        plain = "@IsArray()" if kind.endswith("[]") else "@IsObject()"
        parts = ["@ValidateNested()", "@Type(() => Inner)", plain]
        return Prop(name, kind, tuple(p for p in parts if draw(st.booleans())))
    how = draw(st.sampled_from(["none", "none", "checked", "checked", "optional", "allow", "weak"]))
    match how:
        case "checked":
            return Prop(name, kind, (CHECKS[kind],))
        case "optional":
            return Prop(name, kind, ("@IsOptional()", CHECKS[kind]))
        case "allow":
            return Prop(name, kind, ("@Allow()",), meant=True)
        case "weak":
            return Prop(name, kind, ("@IsOptional()",), meant=True)
        case _:
            return Prop(name, kind)


@st.composite
def dto(draw: st.DrawFn) -> Dto:
    base = tuple(draw(prop(n)) for n in "abc"[: draw(st.integers(0, 3))])
    other = tuple(draw(prop(n)) for n in "de"[: draw(st.integers(0, 2))])
    names = draw(st.sampled_from(["xyz", "xy", "x", "ax", ""]))
    kinds = {p.name: p.type for p in base}
    own = tuple(draw(prop(n, kinds.get(n, ""))) for n in names)
    keys = "[" + ", ".join(f"'{p.name}'" for p in base if draw(st.booleans())) + "] as const"
    heritage = draw(
        st.sampled_from(
            [
                "",
                " extends Base",
                f" extends PickType(Base, {keys})",
                f" extends OmitType(Base, {keys})",
                " extends PartialType(Base)",
                " extends IntersectionType(Base, Other)",
                f" extends PartialType(OmitType(Base, {keys}))",
            ]
        )
    )
    names = ["whitelist", "forbidNonWhitelisted", "transform"]
    options = {name: draw(st.booleans()) for name in names}
    if draw(st.integers(0, 3)) == 0:
        options["forbidUnknownValues"] = True
    return Dto(base, other, own, heritage, options)


def pipe_says(files: dict[str, str], dtos: dict[str, Dto]) -> dict[str, dict[str, str]]:
    """For each class and property: checked, stripped, refused, emptied or passed, by sending it wrong."""
    probes, asked = [], []
    for name, one in dtos.items():
        props = one.props
        values = [{n: p.value(right=n != wrong) for n, p in props.items()} for wrong in props]
        probes.append(
            {
                "file": f"{name}.ts",
                "controller": name,
                "method": "handle",
                "options": one.options,
                "values": values,
            }
        )
        asked.append((name, list(props)))
    answers = ask(files, probes)
    return {
        name: {p: fate(p, dtos[name].props[p], answer) for p, answer in zip(props, given, strict=True)}
        for (name, props), given in zip(asked, answers, strict=True)
    }


def fate(name: str, prop: Prop, answer: dict[str, Any]) -> str:
    if "errors" in answer:
        mine = [kinds for at, kinds in answer["errors"] if not at or f"{at}.".startswith(f"{name}.")]
        if mine:
            refusals = (["whitelistValidation"], ["unknownValue"])
            return "refused" if all(kinds in refusals for kinds in mine) else "checked"
        return ""  # another property is refused before it can be seen what becomes of this one
    if name not in answer["ok"]:
        return "stripped"
    empty: list[Any] = [{}, [{}]]
    return "emptied" if prop.nested and answer["ok"][name] in empty else "passed"


def we_say(root: Path, files: dict[str, str]) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
    """What the findings say of each property, `*` for all of the class, and the input of each handler."""
    for path, text in files.items():
        (root / path).write_text(text, "utf-8")
    (root / "package.json").write_text('{"name": "app", "dependencies": {"@nestjs/core": "11"}}', "utf-8")
    told: dict[str, dict[str, str]] = {}
    for finding in json.loads(nestwise("check", root, "--fail-on", "never"))["findings"]:
        if finding["rule"] not in RULES:
            continue
        start, end = finding["range"]["start"], finding["range"]["end"]
        line = files[finding["path"]].splitlines()[start["line"] - 1]
        name = line[start["column"] - 1 : end["column"] - 1]
        verb = next(v for k, v in VERBS.items() if k in finding["message"])
        told.setdefault(finding["path"][:-3], {})["*" if name == "Dto" else name] = verb
    rows = json.loads(nestwise("routes", root))
    return told, {r["handler"].partition(".")[0]: r["inputs"][0] for r in rows}


def workspace(dtos: dict[str, Dto]) -> dict[str, str]:
    files = {f"{name}.ts": one.code(name) for name, one in dtos.items()}
    imports = "".join(f"import {{ {name} }} from './{name}';\n" for name in dtos)
    files["main.ts"] = (
        "import { Module } from '@nestjs/common';\nimport { NestFactory } from '@nestjs/core';\n"
        f"{imports}@Module({{ controllers: [{', '.join(dtos)}] }})\nexport class AppModule {{}}\n"
        "void NestFactory.create(AppModule).then((app) => app.listen(3000));\n"
        "async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n"
        "  await app.listen(3000);\n}\nvoid bootstrap();\n"
    )
    return files


def disagreements(dtos: dict[str, Dto]) -> list[str]:
    files = workspace(dtos)
    with tempfile.TemporaryDirectory() as folder:
        told, inputs = we_say(Path(folder), files)
    truth = pipe_says({p: t for p, t in files.items() if p != "main.ts"}, dtos)
    wrong: list[str] = []
    for name, one in dtos.items():
        said = told.get(name, {})
        for prop, real in truth[name].items():
            ours = said.get(prop) or said.get("*") or "silent"
            silent_is_right = real == "checked" or (one.props[prop].meant and real == "passed")
            if real and not (silent_is_right if ours == "silent" else ours == real):
                wrong.append(f"{prop}: we say {ours}, the pipe {real}\n{one.code(name)}")
        problems = [
            *sum_of(one, truth[name], inputs[name]["validated"]),
            *parts_of(one, truth[name], inputs[name]["properties"]),
        ]
        wrong += [f"{problem}\n{one.code(name)}" for problem in problems]
    return wrong


def sum_of(one: Dto, truth: dict[str, str], ours: str) -> list[str]:
    """Is `validated` the sum of what the pipe does with each property, those that are allowed left out?"""
    allowed = {p.name for p in (*one.base, *one.other, *one.own) if "@Allow()" in p.decorators}
    fates = {p: real for p, real in truth.items() if p not in allowed or real == "checked"}
    if not all(fates.values()) or not fates:
        return []
    checked = {real == "checked" for real in fates.values()}
    real = "partly" if len(checked) == 2 else "yes" if True in checked else "no"
    # A nested property whose own shape is checked, and not what is in it, is a part, for us.
    if ours == "partly" and real == "no" and any(one.props[p].nested for p in fates):
        return []
    return [] if ours == real else [f"validated: we say {ours}, the pipe {real}"]


def parts_of(one: Dto, truth: dict[str, str], properties: list[dict[str, Any]]) -> list[str]:
    """Is `checked` of each property what the pipe does; of nested data, that of what is in them?"""
    wrong: list[str] = []
    for prop in properties:
        real = truth[prop["name"]]
        [told] = prop["properties"] if one.props[prop["name"]].nested else [prop]
        if real and told["checked"] != ("yes" if real == "checked" else "no"):
            wrong.append(f"{prop['name']}: checked is {told['checked']}, for the pipe it is {real}")
    return wrong


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a failing list of classes names the class; shrinking lists would take minutes
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(dto(), min_size=40, max_size=40))
def test_findings_say_what_the_pipe_does(found: list[Dto]) -> None:
    assert disagreements({f"C{i}": one for i, one in enumerate(found)}) == []


# --- facts that the rules rest on, one by one -------------------------------------------------

HEAD = """
import { Body } from '@nestjs/common';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { Allow, IsArray, IsNumber, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Typed } from './typed';
export class Inner { @IsString() inner: string; }
"""
WRONG_INNER = {"inner": WRONG}
FACTS = {
    "an inline type is not validated": ("", "{ a: string }", {}, {"a": 1}, {"a": 1}),
    "a class imported as a type is not validated": ("", "Typed", {}, {"a": 1}, {"a": 1}),
    "an alias of a class is not validated": ("type Alias = Inner;", "Alias", {}, WRONG_INNER, WRONG_INNER),
    "elements of an array are not validated": ("", "Inner[]", {}, [WRONG_INNER], [WRONG_INNER]),
    "a class without validators is emptied by whitelist": (
        "class Dto { a: string }",
        "Dto",
        {"whitelist": True},
        {"a": 1},
        {},
    ),
    "without whitelist it is let through": ("class Dto { a: string }", "Dto", {}, {"a": 1}, {"a": 1}),
    "forbidNonWhitelisted does nothing by itself": (
        "class Dto { a: string }",
        "Dto",
        {"forbidNonWhitelisted": True},
        {"a": 1},
        {"a": 1},
    ),
    "ValidateNested walks arrays without each": (
        "class Dto { @ValidateNested() @Type(() => Inner) list: Inner[] }",
        "Dto",
        {},
        {"list": [WRONG_INNER]},
        ["list.0.inner"],
    ),
    "implicit conversion makes a single nested class": (
        "class Dto { @ValidateNested() one: Inner }",
        "Dto",
        {"whitelist": True, "transformOptions": {"enableImplicitConversion": True}},
        {"one": {"other": 1}},
        ["one.inner"],
    ),
    "implicit conversion never makes the elements of an array": (
        "class Dto { @ValidateNested() list: Inner[] }",
        "Dto",
        {"transform": True, "transformOptions": {"enableImplicitConversion": True}},
        {"list": [WRONG_INNER]},
        {"list": [[]]},
    ),
    "what is not exposed is dropped": (
        "class Dto { @Expose() @IsString() a: string; b: string }",
        "Dto",
        {"transform": True, "transformOptions": {"excludeExtraneousValues": True}},
        {"a": "text", "b": 1},
        {"a": "text"},
    ),
    "what is excluded never arrives": (
        "class Dto { @Exclude() a: string }",
        "Dto",
        {"transform": True},
        {"a": 1},
        {},
    ),
    "of a pipe with groups only their validators run": (
        "class Dto { @IsString({ groups: ['a'] }) a: string; @IsString() b: string }",
        "Dto",
        {"groups": ["a"]},
        {"a": 1, "b": 1},
        ["a"],
    ),
    "without groups all validators run": (
        "class Dto { @IsString({ groups: ['a'] }) a: string; @IsString() b: string }",
        "Dto",
        {},
        {"a": 1, "b": 1},
        ["a", "b"],
    ),
    "what is converted is handed on with transform": (
        "class Dto { @Type(() => Number) a: number; @Type(() => Inner) one: Inner }",
        "Dto",
        {"transform": True},
        {"a": "1", "one": {"inner": 2}},
        {"a": 1, "one": {"inner": 2}},
    ),
    "what is converted is not handed on without it": (
        "class Dto { @Type(() => Number) a: number }",
        "Dto",
        {},
        {"a": "1"},
        {"a": "1"},
    ),
    "but it is, where the pipe has other options": (
        "class Dto { @Type(() => Number) @Allow() a: number }",
        "Dto",
        {"whitelist": True},
        {"a": "1"},
        {"a": 1},
    ),
    "implicit conversion goes by the type": (
        "class Dto { @IsNumber() a: number; @IsString() b: string }",
        "Dto",
        {"transform": True, "transformOptions": {"enableImplicitConversion": True}},
        {"a": "1", "b": 2},
        {"a": 1, "b": "2"},
    ),
    "forbidNonWhitelisted refuses what whitelist strips": (
        "class Dto { @IsString() a: string; b: string }",
        "Dto",
        {"whitelist": True, "forbidNonWhitelisted": True},
        {"a": "text", "b": 1},
        ["b"],
    ),
    "a validator refuses what is missing": ("class Dto { @IsString() a?: string }", "Dto", {}, {}, ["a"]),
    "@Transform alone does not run for what is missing": (
        "class Dto { @Transform(() => 'a') @IsString() a?: string }",
        "Dto",
        {},
        {},
        ["a"],
    ),
    "with @Expose it runs": (
        "class Dto { @Expose() @Transform(() => 'a') @IsString() a?: string }",
        "Dto",
        {"transform": True},
        {},
        {"a": "a"},
    ),
    "skipMissingProperties refuses nothing that is missing": (
        "class Dto { @IsString() a?: string }",
        "Dto",
        {"skipMissingProperties": True},
        {},
        {},
    ),
    "validators of a class replace those of its base, and @IsOptional stays": (
        "class Base { @IsOptional() @MaxLength(1) a?: string }\n"
        "class Dto extends Base { @IsString() a?: string }",
        "Dto",
        {},
        {"a": "text"},
        {"a": "text"},
    ),
    "PartialType of Swagger lists what it documents": (
        "class Whole { @ApiProperty() a: string }\nclass Dto extends PartialType(Whole) {}",
        "Dto",
        {"whitelist": True},
        {"a": 1},
        {"a": 1},
    ),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    typed = "import { IsString } from 'class-validator';\nexport class Typed { @IsString() a: string; }\n"
    files = {"typed.ts": typed}
    probes = []
    for number, (code, kind, options, value, _) in enumerate(FACTS.values()):
        files[f"f{number}.ts"] = f"{HEAD}{code}\nexport class C {{ handle(@Body() dto: {kind}) {{}} }}\n"
        where = {"file": f"f{number}.ts", "controller": "C", "method": "handle"}
        probes.append({**where, "options": options, "values": [value]})
    found = ask(files, probes)
    return {name: answer[0] for name, answer in zip(FACTS, found, strict=True)}


@pytest.mark.parametrize("fact", FACTS)
def test_fact(fact: str, answers: dict[str, Any]) -> None:
    expected = FACTS[fact][4]
    answer = answers[fact]
    got = answer["ok"] if "ok" in answer else [at for at, _ in answer["errors"]]
    assert got == expected
