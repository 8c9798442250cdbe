"""Random inputs of handlers, of classes and single ones, converted in every way; and smaller ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

HEAD = """
import { Body, Controller, DefaultValuePipe, Param, ParseBoolPipe, ParseFloatPipe, ParseIntPipe, Post, Query,
  UsePipes, ValidationPipe, applyDecorators } from '@nestjs/common';
import { IntersectionType, OmitType, PartialType, PickType } from '@nestjs/mapped-types';
import * as swagger from '@nestjs/swagger';
import { ApiProperty } from '@nestjs/swagger';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { Allow, IsDefined, IsOptional, ValidateNested } from 'class-validator';
export enum Level { Low = 1, High = 2 }
export type Alias = number;
export interface Plain { inner: string }
const Composed = () => applyDecorators(Type(() => Number), Allow());
const ByHand = () => (target: object, key: string) => Type(() => Number)(target, key);
"""
TYPES = [
    "string", "number", "boolean", "Date", "string", "number", "boolean", "Date", "Inner", "Inner[]", "Inner",
    "Inner[]", "any", "unknown", "string | number", "'a' | 'b'", "1 | 2", "number | null", "Inner | null",
    "number[]", "string[]", "Array<boolean>", "Date[]", "{ inner: string }", "{ inner: string }[]", "Plain",
    "Plain[]", "Level", "Alias", "Record<string, string>", "Set<Inner>", "", "object", "true",
]  # fmt: skip
TYPED = ["Number", "String", "Boolean", "Date", "Inner"]
KNOWN = ["@Allow()", "@IsOptional()", "@IsDefined()"]
OTHERS = [
    "@Expose()", "@ApiProperty()", "@Expose()", "@ApiProperty()", "@Expose()", "@ApiProperty()",
    "@Transform(({ value }) => value)", "@Exclude()", "@Type()", "@Composed()",
    "@ByHand()", "@ValidateNested()",
]  # fmt: skip
HERITAGE = [
    "", "", "", " extends Base", " extends PartialType(Base)", " extends OmitType(Base, ['a'] as const)",
    " extends PickType(Base, ['a', 'b'] as const)", " extends IntersectionType(Base, Other)",
    " extends swagger.PartialType(Base)",
]  # fmt: skip
SINGLE = [
    "number", "boolean", "string", "number", "boolean", "string", "number",
    "Date", "any", "Level", "number[]", "'a' | 'b'", "number | null", "Dto",
    "Alias", "Plain", "Dto[]",
]  # fmt: skip
PIPES = [
    "",
    "",
    "",
    "",
    "",
    "ParseIntPipe",
    "ParseBoolPipe",
    "new ParseFloatPipe()",
    "new DefaultValuePipe(1)",
]
TEXTS = ["1", "0", "true", "false", "", "text", "2026-01-02", ["1", "x"], {"inner": "1", "other": "true"}]
JSON = [
    *TEXTS,
    1,
    0,
    -1.5,
    True,
    False,
    None,
    [1, "2", True],
    [{"inner": "1"}, {"inner": 2, "other": 0}],
    {"inner": 1},
]
FLAGS = ["transform", "whitelist", "forbidUnknownValues", "skipMissingProperties", "disableErrorMessages"]


@dataclass(frozen=True)
class Prop:
    name: str
    type: str
    decorators: tuple[str, ...] = ()

    def code(self) -> str:
        typed = f": {self.type}" if self.type else " = 1"
        return f"  {' '.join([*self.decorators, ''])}{self.name}{typed};\n"

    def smaller(self) -> Iterator[Prop]:
        for one in self.decorators:
            yield replace(self, decorators=tuple(d for d in self.decorators if d is not one))


@dataclass(frozen=True)
class Case:
    """One handler with one input: of the class `Dto`, or a single value, half of them with a key."""

    base: tuple[Prop, ...]
    own: tuple[Prop, ...]
    inner: tuple[Prop, ...]
    heritage: str
    options: tuple[tuple[str, Any], ...]
    source: str
    key: str = ""
    type: str = "Dto"
    pipes: str = ""
    values: tuple[Any, ...] = ()

    def code(self, name: str) -> str:
        given = ", ".join(part for part in (f"'{self.key}'" if self.key else "", self.pipes) if part)
        other = (Prop("c", "number", ("@Allow()",)), Prop("a", "string"))
        return (
            f"{HEAD}{_class('Inner', '', self.inner)}{_class('Base', '', self.base)}"
            f"{_class('Other', '', other)}{_class('Dto', self.heritage, self.own)}"
            f"@Controller('{name}')\nexport class {name} {{\n"
            f"  @Post() @UsePipes(new ValidationPipe({json.dumps(dict(self.options))}))\n"
            f"  handle(@{self.source.capitalize()}({given}) given: {self.type}) {{}}\n}}\n"
        )

    def probe(self, name: str) -> dict[str, Any]:
        where = {"file": f"{name}.ts", "controller": name, "method": "handle", "type": self.source}
        return where | {"options": dict(self.options), "data": self.key or None, "values": list(self.values)}

    def smaller(self) -> Iterator[Case]:
        """Every case that lacks one thing of this."""
        if self.heritage:
            yield replace(self, heritage="", own=self.own or self.base)
        for option in self.options:
            yield replace(self, options=tuple(o for o in self.options if o is not option))
        for value in self.values if len(self.values) > 1 else ():
            yield replace(self, values=(value,))
        for group in ("base", "own", "inner"):
            props: tuple[Prop, ...] = getattr(self, group)
            for at, prop in enumerate(props):
                around = props[:at], props[at + 1 :]
                yield replace(self, **{group: around[0] + around[1]})
                for less in prop.smaller():
                    yield replace(self, **{group: (*around[0], less, *around[1])})


def _class(name: str, heritage: str, props: tuple[Prop, ...]) -> str:
    return f"export class {name}{heritage} {{\n{''.join(p.code() for p in props)}}}\n"


def random_case(seed: int) -> Case:
    random = Random(seed)
    options: list[tuple[str, Any]] = [("transform", True)] if random.random() < 0.5 else []
    options += [
        (name, random.random() < 0.5) for name in FLAGS if name != "transform" and random.random() < 0.15
    ]
    if random.random() < 0.3:
        options.append(("whitelist", True))
    if random.random() < 0.6:
        options.append(("transformOptions", {"enableImplicitConversion": random.random() < 0.8}))
    base = tuple(_prop(random, name) for name in "ab")
    own = tuple(_prop(random, name) for name in random.choice(["xyz", "xy", "ax", "xb"]))
    inner = tuple(_prop(random, name, "Inner") for name in ("inner", "other"))
    source = random.choice(["body", "body", "query", "param"])
    case = Case(base, own, inner, random.choice(HERITAGE), tuple(dict(options).items()), source)
    pool = JSON if source == "body" else TEXTS
    if random.random() < 0.45:
        pipes = random.choice(PIPES)
        values = tuple(random.choice(pool) for _ in range(4))
        return replace(
            case, key=random.choice(["q", ""]), type=random.choice(SINGLE), pipes=pipes, values=values
        )
    names = [p.name for p in (*base, *own)]
    values = tuple({n: random.choice(pool) for n in names if random.random() < 0.9} for _ in range(5))
    return replace(case, values=values)


def _prop(random: Random, name: str, without: str = "-") -> Prop:
    kind = random.choice([t for t in TYPES if without not in t])
    found = [random.choice(KNOWN)] if random.random() < 0.7 else []
    if random.random() < 0.35:
        found.append(f"@Type(() => {random.choice([t for t in TYPED if t != without])})")
    if random.random() < 0.3:
        found.append(random.choice(OTHERS))
    random.shuffle(found)
    return Prop(name, kind, tuple(found))
