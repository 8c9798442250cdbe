"""Which names code takes from around it, and imports that follow code."""

from __future__ import annotations

import pytest
from nestwise.syntax.free import bound_in, uses_in
from nestwise.syntax.import_lines import Head
from nestwise.syntax.import_moves import Bring, brought, unneeded
from nestwise.syntax.nodes import child, named
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style


def _used(code: str) -> str:
    """The names that the statements of a function use: values, then types."""
    source = Source.parse(f"function f() {{ {code} }}".encode())
    assert not source.broken
    uses = list(uses_in(source, named(child(source.root.named_children[0], "body"))))
    values = dict.fromkeys(u.name for u in uses if not u.is_type)
    types = dict.fromkeys(u.name for u in uses if u.is_type)
    return f"{' '.join(values)} | {' '.join(types)}".strip()


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("const { a, b: c = d, ...rest } = x; return a + c + rest;", "d x |"),
        ("[t, u.v] = w; ({ s, k: r } = w);", "t u w s r |"),
        ("for (const k of list) { use(k); } for (let i = 0; i < n; i++) { i; } k;", "list use n k |"),
        ("for (k of list) { k; }", "k list |"),
        ("try { g(h); } catch (e) { e.message; } e;", "g h e |"),
        ("const fn = async ({ m, n = o }: P) => m + n + r; fn(p => p);", "o r | P"),
        ("items.map(i => i.x.y); label: while (1) { break label; }", "items |"),
        ("const w = { aa, bb: cc, [dd]: 1, ee() { return ff; } };", "aa cc dd ff |"),
        ("function inner(a: A): B { return inner(a) + outer; } inner(b);", "outer b | A B"),
        ("const q = class Q<T> extends R<T> { m(x: T) { return Q; } };", "R |"),
        ("if (a) { const b = 1; b; } b;", "a b |"),
        ("if (a) { var b = 1; } b;", "a |"),
        ("let q: Foo<Bar.Baz> = (y as Qux)[z as const]; q satisfies S;", "y z | Foo Bar Qux S"),
        ("type X = { [K in keyof L]: K }; let x: X; type Y<T> = T extends (infer U)[] ? U : N;", "| L N"),
        ("const p = (v: unknown): v is Bool => typeof v === name; let t: typeof other;", "name | Bool other"),
        ("type F = (given: G) => H; type I = { [key: string]: J; method(p: O): M };", "| G H J O M"),
        ("this.foo<Z>(new W(), tag`é😀 ${ff}`); await run<V>(x);", "W tag ff run x | Z V"),
        ("switch (s) { case one: const z = 1; return z; default: return z; }", "s one |"),
        ("enum E { A = base } E.A; interface Own { e: E; n: Named } let o: Own;", "base | Named"),
    ],
)
def test_names_from_around(code: str, used: str) -> None:
    assert _used(code) == used


def test_what_is_declared_anywhere() -> None:
    source = Source.parse(b"const a = ({ b }) => { for (const c of b) { try {} catch (d) {} } };")
    assert bound_in(source, source.root.named_children) == {"a", "b", "c", "d"}


def _after(text: str, edits) -> str:
    source = Source.parse(text.encode())
    return source.text.apply(sorted(edits(Head(source)))).data.decode()


@pytest.mark.parametrize(
    ("before", "item", "after"),
    [
        ("import { A } from 'a';\n", Bring("a", "B", "B"), "import { A, B } from 'a';\n"),
        ("import { A } from 'a';\n", Bring("a", "B", "C"), "import { A, B as C } from 'a';\n"),
        ("import { A } from 'a';\n", Bring("a", "default", "D"), "import D, { A } from 'a';\n"),
        ("import D from 'a';\n", Bring("a", "A", "A"), "import D, { A } from 'a';\n"),
        ("import D from 'a';\n", Bring("a", "default", "D"), "import D from 'a';\n"),
        (
            "import { A } from 'a';\n",
            Bring("a", "*", "ns"),
            "import { A } from 'a';\nimport * as ns from 'a';\n",
        ),
        ("import * as ns from 'a';\n", Bring("a", "*", "ns"), "import * as ns from 'a';\n"),
        (
            "import { A } from 'a';\n",
            Bring("a", "B", "B", True),
            "import { A } from 'a';\nimport type { B } from 'a';\n",
        ),
        ("import type { A } from 'a';\n", Bring("a", "B", "B", True), "import type { A, B } from 'a';\n"),
        ("import type { A } from 'a';\n", Bring("a", "A", "A"), "import { A } from 'a';\n"),
        ("import { A } from 'a';\n", Bring("a", "A", "A", True), "import { A } from 'a';\n"),
    ],
)
def test_names_that_come(before: str, item: Bring, after: str) -> None:
    assert _after(before, lambda head: brought(head, item, Style())) == after


@pytest.mark.parametrize(
    "item",
    [Bring("b", "A", "A"), Bring("b", "X", "A"), Bring("b", "*", "A"), Bring("b", "default", "A", True)],
)
def test_names_that_are_taken(item: Bring) -> None:
    assert brought(Head(Source.parse(b"import { A } from 'a';\n")), item, Style()) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import { A } from 'a';\nimport { K } from 'k';\n", "import { K } from 'k';\n"),
        ("import { A, K, B } from 'a';\n", "import { K } from 'a';\n"),
        ("import D, { A } from 'a';\n", "import D from 'a';\n"),
        ("import A, { K } from 'a';\n", "import { K } from 'a';\n"),
        ("import A, * as K from 'a';\n", "import * as K from 'a';\n"),
        ("import K, * as A from 'a';\n", "import K from 'a';\n"),
        ("import * as A from 'a'; // é😀\nimport 'b';\n", " // é😀\nimport 'b';\n"),
        ("import type { A } from 'a';\n\nlet k;\n", "let k;\n"),
        (
            "import { A } from 'a';\nimport { B } from 'b';\n\nimport { K } from './k';\n",
            "import { K } from './k';\n",
        ),
        (
            "import { K } from 'k';\n\nimport { A } from './a';\n\nimport { L } from './l';\n",
            "import { K } from 'k';\n\nimport { L } from './l';\n",
        ),
        ("import {\n  A,\n  K,\n  L,\n} from 'a';\n", "import {\n  K,\n  L,\n} from 'a';\n"),
        ("import {\n  A, // é😀\n  K,\n} from 'a';\n", "import {\n  A, // é😀\n  K,\n} from 'a';\n"),
    ],
)
def test_names_that_go(before: str, after: str) -> None:
    assert _after(before, lambda head: unneeded(head, {"A", "B"}, Style())) == after


def test_braces_that_fit_on_one_line_are_joined() -> None:
    text = "import {\n  A,\n  K,\n  L,\n} from 'a';\n"
    assert _after(text, lambda head: unneeded(head, {"A"}, Style(width=80))) == "import { K, L } from 'a';\n"
