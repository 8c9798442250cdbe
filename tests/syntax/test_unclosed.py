"""A bracket that is about to be closed leaves the class around it as it is; valid code is never touched."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nestwise.project.extract import extract
from nestwise.syntax.cure import cured
from nestwise.syntax.source import Source, dialect_of

HERE = Path(__file__).parent
CODE = """\
@Controller('cats')
export class Cats {
  @Get()
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

  @Delete(':id') remove(@Param('id') id: string) {}
}
"""
VALID = [(HERE / name).read_text("utf-8") for name in ("nasty.ts", "nasty.tsx")]
VALID += [path.read_text("utf-8") for path in (HERE.parent / "workspaces" / "shop").rglob("*.ts")]


def with_typed(place: int, text: str) -> Source:
    parts = CODE.split("|")
    return Source.parse("".join([*parts[: place + 1], text, *parts[place + 1 :]]).encode())


@pytest.mark.parametrize(
    "text", ["@Body(", "@Body('", "@Body('x", "@Body('x')\n    @Is(", "@Body(new Pipe({ a: [", "@Is('/a"]
)
def test_typing_a_parameter_leaves_the_methods(text):
    source = with_typed(0, text)
    assert source.broken
    (cls,) = extract(source).classes
    assert [m.name for m in cls.methods] == ["all", "one", "remove"]
    assert [p.name for p in cls.methods[0].params] == ["q", "page"]
    assert [d.name for m in cls.methods for d in m.decorators] == ["Get", "Get", "Delete"]


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize(
    "text", ["if (", "for (", "this.log(", "f({ a: [g(", "x = 'é(' + f('", "if (a && (b", "// (\n if ("]
)
def test_typing_in_a_body_leaves_the_methods(place, text):
    source = with_typed(place, text)
    assert source.broken
    (cls,) = extract(source).classes
    assert [m.name for m in cls.methods] == ["all", "one", "remove"]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (1, "const total ="), (1, "const total = this."), (1, "total +="), (1, "const total = a +"),
        (1, "if (a) total = b &&"), (1, "a !=="), (1, "x = y ??"), (1, "return a *"),
        (2, "cat ="), (2, "this.cats."), (2, "cat.age -"), (2, "cat.age = 1 |"), (2, "cat?."),
        (0, "@"), (0, "@Param('a') a"), (0, "@Param('a') a:"), (0, "@Param('a') a: 'x' |"),
        (0, "@Param('a') private readonly a: Map<string, number[]>"),
    ],
)  # fmt: skip
def test_what_is_about_to_be_finished_leaves_the_methods(place, text):
    source = with_typed(place, text)
    assert source.broken
    (cls,) = extract(source).classes
    assert [m.name for m in cls.methods] == ["all", "one", "remove"]
    assert [p.name for p in cls.methods[0].params] == ["q", "page"]


@pytest.mark.parametrize("text", ["@Put(", "@Put(':id", "@UseGuards(AuthGuard('jwt'), new A({"])
def test_typing_a_decorator_leaves_the_methods(text):
    source = with_typed(3, text)
    assert source.broken
    (cls,) = extract(source).classes
    assert [m.name for m in cls.methods] == ["all", "one", "remove"]
    assert text[1:].partition("(")[0] in [d.name for d in cls.methods[1].decorators]


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from(["a.ts", "a.tsx"]))
def test_valid_code_is_what_it_is_in_any_layout(data, name):
    text = data.draw(st.sampled_from(VALID))
    before = Source.parse(text.encode(), dialect_of(name))
    if before.broken:  # the other dialect
        return
    smile = "const smile = ':((((((((';\n// sad (\n/*\n(\n*/"
    lines = text.split("\n")
    flat = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=len(lines)))
    text = "\n".join([*(line.lstrip() if n in flat else line for n, line in enumerate(lines)), smile])
    assert not Source.parse(text.encode(), dialect_of(name)).broken


@pytest.mark.parametrize(
    "code",
    [
        "const a = ':(';\nlog(`hello\nworld`)\nconst b = `x`;\n",
        "const a = ':(';\nconst b = `x ${f(\n1)} y`;\n",
        "const a = ':(';\nf( /* here\n*/ 1);\n",
        "const a = ':(';\nf('a\\\nb');\n",
        "// see (a\nconst a = 1;\n",
        "/**\n * see (a\n * b\n */\nexport class A {}\n",
        "if (a.match(/\\(/)) {\n}\nb.match(/[(]/);\nc.test('it', /x\\(/);\n",
        "const a = /\\(/;\nf(\na\n);\n",
        "const a = ':(';\nswitch (f(\na)) {\ncase 1:\n}\n",
        "function f() {\n  i++\n}\nfunction g() {\n  i--\n  return i\n}\n",
        "function f() {\n  const a = 1.\n}\n",
        "function f() {\n  // a =\n}\n/*\n a.\n*/\nconst b = `x =\n}`;\n",
        "class A {\n  f(\n    @B() @C\n    @D() e: F,\n    @G('x')\n    @H() i: J,\n  ) {}\n}\n",
    ],
)
def test_valid_code_whose_lines_say_nothing(code):
    source = Source.parse(code.encode())
    assert not source.broken
    assert source.parsed == cured(code.encode())
