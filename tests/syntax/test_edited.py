"""Whatever was typed, in whatever order: the tree and the facts are those of the text as it is now."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nestwise.project.extract import extract
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit, Span

HERE = Path(__file__).parent
NASTY = {name: (HERE / name).read_text("utf-8") for name in ("nasty.ts", "nasty.tsx")}
TOKENS = [
    "", " ", "\n", "\r\n", "x", "é", "😀", "`", "'", '"', "/", "/*", "*/", "//", "(", ")", "{", "}", "<", ">",
    "!", "!.", ".", ";", ",", "@", "@(", "=>", "await ", "await f<T>(x)", "sql<T>`a`", "<T>", "`${",
    "using x = y;",
    "import('x').Y", "typeof import('x')", "export type *", "(string) => void", "class ", "in out ",
    "\0", "&",
    " =\n}", "this.\n  )", " +\n]", " &&\n  return ", "@\n@A() b", "(\n@A() b: C\n@D() e", "++\n}", "1.\n}",
    "abstract", "accessor ", "String.raw`\\u`", "a && b!.c", "[type in X]",
]  # fmt: skip


def shape(source: Source) -> list[tuple[str, int, int, bool]]:
    """Every node of a tree with its place: two trees with the same shape are the same tree."""
    out = []
    stack = [source.root]
    while stack:
        node = stack.pop()
        out.append((node.type, node.start_byte, node.end_byte, node.is_missing))
        stack.extend(node.children)
    return out


def same(edited: Source, dialect: Dialect) -> None:
    fresh = Source.parse(edited.text.data, dialect)
    assert shape(edited) == shape(fresh)
    assert msgspec.msgpack.encode(extract(edited)) == msgspec.msgpack.encode(extract(fresh))


@st.composite
def typing(draw: st.DrawFn) -> tuple[Dialect, str, list[tuple[int, int, str]]]:
    """A piece of nasty code, and edits of it: (character, how many go, what comes)."""
    name = draw(st.sampled_from(sorted(NASTY)))
    lines = NASTY[name].splitlines(keepends=True)
    first = draw(st.integers(0, len(lines) - 1))
    text = "".join(lines[first : first + draw(st.integers(1, 25))])
    edits = st.tuples(
        st.integers(0, len(text)), st.sampled_from([0, 0, 1, 2, 9, 80]), st.sampled_from(TOKENS)
    )
    return dialect_of(name) or Dialect.TS, text, draw(st.lists(edits, min_size=1, max_size=8))


@settings(max_examples=300, deadline=None)
@given(typing())
def test_any_edits_give_the_tree_of_a_fresh_parse(case):
    dialect, text, edits = case
    source = Source.parse(text.encode(), dialect)
    for at, gone, new in edits:
        at = min(at, len(text))
        start, end = len(text[:at].encode()), len(text[: at + gone].encode())
        source = source.edited([Edit(Span(start, end), new)])
        text = text[:at] + new + text[at + gone :]
        assert source.text.data == text.encode()
        same(source, dialect)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(NASTY["nasty.ts"])), st.sampled_from(TOKENS))
@example(NASTY["nasty.ts"].index("SELECT * FROM"), "`")
def test_typing_and_undoing_anywhere_in_a_long_file(at, new):
    text = NASTY["nasty.ts"]
    start = len(text[:at].encode())
    source = Source.parse(text.encode())
    typed = source.edited([Edit(Span(start, start), new)])
    same(typed, Dialect.TS)
    undone = typed.edited([Edit(Span(start, start + len(new.encode())), "")])
    same(undone, Dialect.TS)
    assert undone.text == source.text
    assert shape(source) == shape(Source.parse(text.encode())), "an edit changed what it came from"


CODE = """\
class Cats {
  all(
    @Query('q') q: string,
    |
    @Query() page: Page,
  ) {
    const found = this.cats.find(q);
    |
    for (const cat of found) {
      cat.seen = page.now;
      |
    }
    return found;
  }

  |
  @Get(':id')
  one(@Param('id') id: string) {
    return this.cats.one(id);
  }
}
"""
STROKES = [
    (0, "@Query('r') r: string,"),
    (0, "@Req() private readonly request: Request<{ a: b }>,"),
    (1, "const total = this.cats.size + 1 - -page.now;"),
    (1, "return a && b?.c ?? d!.e;"),
    (2, "cat.age **= this.years[0].all ? 1. : found.length;"),
    (2, "cat.seen ||= typeof cat.age === 'number' && 0 < cat.age--;"),
    (3, "@Put(':id') @UseGuards(Guard) put(@Body() é: Cat): Promise<void> {}"),
]


@pytest.mark.parametrize(("place", "text"), STROKES)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_stroke_gives_the_tree_of_a_fresh_parse(place, text, ending):
    parts = CODE.replace("\n", ending).split("|")
    source = Source.parse("".join(parts).encode())
    at = len("".join(parts[: place + 1]).encode())
    for letter in text:
        source = source.edited([Edit(Span(at, at), letter)])
        at += len(letter.encode())
        same(source, Dialect.TS)


def test_several_edits_at_once_are_relative_to_the_text_left_by_the_one_before():
    source = Source.parse(b"const a = sql<T>`x`;\n")
    edits = [Edit(Span(0, 0), "/* é */ "), Edit(Span(25, 26), "'"), Edit(Span(25, 26), "`;\nlet b = `")]
    after = source.edited(edits)
    assert after.text.data.decode() == "/* é */ const a = sql<T>`;\nlet b = `x`;\n"
    same(after, Dialect.TS)


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        ("const a = '<A>`' + f<B>`x`;\n", "'", "`"),
        ("let a: import('./a/long/way');\n", ";", ".Y;"),
        ("let a: import('./a/long/way') | import('./b').Z;\n", ": import", ": typeof import"),
        ("const a = f<{ a: string; b: number }>(`x`);\n", "(`x`)", "`x`"),
        ("for (const a of b) { a.using /* here */ x = 1 }\n", "a.using", "using"),
        ("type A = { [type /* the key */ in X]: 1 };\n", " /* the key */ ", " "),
        ("class A {}\nsing x = f();\n", "sing", "using"),
        ("x = y && z! /* … */ || 1;\n", "||", ".a ||"),
    ],
)
def test_an_edit_can_bring_or_end_a_cure_elsewhere(before, old, new):
    at = len(before[: before.index(old)].encode())
    source = Source.parse(before.encode())
    edited = source.edited([Edit(Span(at, at + len(old)), new)])
    same(edited, Dialect.TS)
    same(edited.edited([Edit(Span(at, at + len(new)), old)]), Dialect.TS)
