"""What odd but valid syntax means, as facts."""

import pytest
from nestwise.project.extract import extract
from nestwise.project.facts import Call, Const, Member, Name, Op, TOther, dotted
from nestwise.syntax.source import Source


def facts(code):
    source = Source.parse(code.encode())
    assert not source.broken
    return extract(source)


def value(code):
    (const,) = facts(f"const a = {code};").consts
    return const.value


@pytest.mark.parametrize(
    "code",
    [
        "@A() export default class { x }",
        "@A() export default class B { x }",
        "@A() export class B { x }",
        "export @A() class B { x }",
        "@A() class B { x }",
        "@A() export abstract class B { x }",
        "const B = @A() class { x }",
    ],
)
def test_decorators_of_a_class_are_found_wherever_they_stand(code):
    (cls,) = facts(code).classes
    assert [d.name for d in cls.decorators] == ["A"]
    assert [p.name for p in cls.properties] == ["x"]
    assert cls.at.start == code.index("@A") or "const" in code or code.startswith("export @")


def test_a_class_has_the_name_by_which_the_file_knows_it():
    found = facts("const Outer = class Inner {}; export default class Named {}; class Plain {}")
    assert [c.name for c in found.classes] == ["Outer", "Named", "Plain"]
    assert [(e.name, e.local) for e in found.exports] == [("default", "Named")]
    assert [c.name for c in facts("export default class {}").classes] == ["default"]


def test_members_of_every_kind():
    (cls,) = facts(
        """export abstract class A extends mixin(B, C)<T> implements I, J.K<T> {
          accessor a = 1; static accessor b: string; declare c: string; #d = 1; 'e-f'?: number; [g] = 2;
          get i() { return 1 } set i(v: string) {}
          k(): void; k(a: string): void; @E() k(a?: any) {}
          constructor();
          constructor(private readonly l: L, @Inject() m?: M, public n = 1, readonly o: O) { super(a) }
          protected abstract p(): void; static async *q() {} async #r() {} 's t'() {} [u]() {}
          abstract accessor v: number; @F() @G.h<T>('x') w!: string; static {} override y: string
          abstract: string; @(one ? two : three) z: string
        }"""
    ).classes
    assert dotted(cls.extends.callee) == "mixin"
    assert cls.implements == ("I", "J.K")
    assert cls.abstract
    assert [p.name for p in cls.properties] == "a b c #d e-f [] v w y abstract z".split()
    assert {p.name for p in cls.properties if p.static} == {"b"}
    assert [(m.name, m.kind) for m in cls.methods] == [
        ("i", "get"), ("i", "set"), ("k", ""), ("p", ""), ("q", ""), ("#r", ""), ("s t", ""), ("[]", ""),
    ]  # fmt: skip
    by_name = {m.name: m for m in cls.methods}
    assert [d.name for d in by_name["k"].decorators] == ["E"]
    assert (by_name["#r"].access, by_name["p"].access) == ("private", "protected")
    assert [(p.name, p.access, p.optional, p.default) for p in cls.ctor] == [
        ("l", "private", False, False), ("m", "", True, False), ("n", "public", False, True),
        ("o", "readonly", False, False),
    ]  # fmt: skip
    w, z = cls.properties[7], cls.properties[10]
    assert [d.name for d in w.decorators] == ["F", "G.h"]
    assert [d.name for d in z.decorators] == [""], "a decorator that no name leads to is unknown, not absent"


def test_imports_and_exports_of_every_kind():
    found = facts(
        """import a = require('a'); import type b = require('b'); import c = ns.d.e;
        import defer * as f from 'f';
        import { type g, h as i, default as j, "k l" as m } from 'n'; import type { o } from 'p';
        import q, * as r from 's';
        export type * from 't'; export type * as u from 'v'; export * as w from 'x';
        export { a as y, type o as z } from 'n'; export { i as "A B" }; export import C = ns.D;
        export declare class E {} export const enum F { G } export namespace H {}
        export const { I, J: [K, ...L] } = M;"""
    )
    assert [(i.module, i.name, i.local, i.type_only) for i in found.imports] == [
        ("a", "*", "a", False), ("b", "*", "b", True), ("f", "*", "f", False), ("n", "g", "g", True),
        ("n", "h", "i", False), ("n", "default", "j", False), ("n", "k l", "m", False), ("p", "o", "o", True),
        ("s", "default", "q", False), ("s", "*", "r", False),
    ]  # fmt: skip
    assert [(e.name, e.local, e.module, e.type_only) for e in found.exports] == [
        ("*", "", "t", True), ("u", "*", "v", True), ("w", "*", "x", False), ("y", "a", "n", False),
        ("z", "o", "n", True), ("A B", "i", "", False), ("C", "C", "", False), ("E", "E", "", False),
        ("F", "F", "", False), ("H", "H", "", False), ("I", "I", "", False), ("K", "K", "", False),
        ("L", "L", "", False),
    ]  # fmt: skip
    assert found.consts[0] == Const("c", Member(Member(Name("ns"), "d"), "e"))
    assert [(e.name, e.local) for e in facts("class A {}\nexport = A;").exports] == [("default", "A")]


F = Call(Name("f"), (Name("x"),))


@pytest.mark.parametrize(
    ("code", "awaited", "callee"),
    [
        ("await f<T>(x)", True, "f"),
        ("await f(x)", True, "f"),
        ("f<T>(x)", False, "f"),
        ("(await (f<T>(x) as Y))", True, "f"),
        ("await a.b.c<T>(x)!", True, "a.b.c"),
        ("await (f)<T>(x)", True, "f"),
    ],
)
def test_generic_calls_are_read_with_their_await(code, awaited, callee):
    call = value(code)
    assert isinstance(call, Call)
    assert (call.awaited, dotted(call.callee)) == (awaited, callee)


def test_an_await_before_a_chain_is_of_the_whole_chain():
    call = value("await this.a.b<T>(x).then<U>(y)")
    assert call.awaited
    assert call.callee.name == "then"
    assert not call.callee.object.awaited
    assert dotted(call.callee.object.callee) == "this.a.b"
    member = value("await f<T>(x).y")
    assert isinstance(member, Member)
    assert not member.object.awaited


def test_operators_before_a_generic_call_are_applied_to_it():
    negated, sum_ = value("!ns.f<T>(x).y"), value("'a' + f<T>(x)")
    assert isinstance(negated, Op)
    assert (negated.op, negated.left, dotted(negated.right.object.callee)) == ("!", None, "ns.f")
    assert (sum_.op, sum_.left.value, dotted(sum_.right.callee)) == ("+", "a", "f")
    awaited = value("!(await f<T>(x))")
    assert awaited.right.awaited
    (inner,) = value("await g<T>(!f<U>(x))").args
    assert (inner.op, dotted(inner.right.callee)) == ("!", "f")


def test_a_type_of_a_module_is_no_name():
    (cls,) = facts("class A { b: import('./b').B<C>; }").classes
    assert cls.properties[0].type == TOther("import_type", "import('./b').B")


def test_positions_are_those_of_the_call_without_its_operators():
    code = "const a = await NestFactory.create<T>(B);"
    call = extract(Source.parse(code.encode())).consts[0].value
    assert code[call.at.start : call.at.end] == "NestFactory.create<T>(B)"
