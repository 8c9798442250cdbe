"""An editor sends half-typed code all day: nothing may raise on it, and nothing may take for ever."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nestwise.lint.file import File
from nestwise.lint.registry import load_rules
from nestwise.lint.run import check
from nestwise.project.details import Details, Reading
from nestwise.project.extract import extract
from nestwise.project.layout import Layout, Package
from nestwise.project.model.applications import applications
from nestwise.project.model.effects import effects_of
from nestwise.project.model.entities import entities, entity_of
from nestwise.project.model.handlers import handlers_of
from nestwise.project.model.modules import module_of
from nestwise.project.model.pipeline import access_of
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref
from nestwise.project.resolve import Resolver
from nestwise.settings import Preset, Settings
from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span
from nestwise.testing import read_cases

SYNTAX = Path(__file__).parents[1] / "syntax"
RULES = tuple(load_rules().values())
TEXTS = [text for rule in RULES for case in read_cases(rule.doc) for text in case.files.values()]
ORMS = Path(__file__).parents[1] / "oracle/orms"
ENTITIES = [path.read_text("utf-8") for path in sorted(ORMS.glob("*/*.*"))]
TEXTS += [(SYNTAX / name).read_text("utf-8") for name in ("nasty.ts", "nasty.tsx")]
_WORDS = """
@ ( ) { } [ ] < > ' " ` ${ /* // . ?. ! = => : , ; * & | class import export extends default static
constructor( async await new return @Module({ @UseGuards( super( 🐈 é
""".split()
TOKENS = [
    b"",
    b"\n",
    b"\xff",
    b"\0",
    *(f"{token} ".encode() for token in _WORDS),
    *(t.encode() for t in _WORDS),
]
LAYOUT = Layout((Package("", "case", frozenset({"@nestjs/common", "@nestjs/core"})),))


def ask_everything(data: bytes, strict: bool = True) -> None:
    """Extract, ask the model what it is asked in practice, and run every rule; a rule that raises fails."""
    source = Source.parse(data)
    facts = extract(source)
    details = Details(lambda path: Reading(path, data, None, source if path == "src/a.ts" else None))
    resolver = Resolver(LAYOUT, frozenset({"src/a.ts"}))
    project = Project({"src/a.ts": facts}, LAYOUT, resolver, details=details, schemas=("a.prisma",))
    assert all(0 <= e.at.start <= e.at.end <= len(data) for e in entities(project))
    for app in applications(project):
        assert app is not None
    for cls in facts.classes:
        ref = Ref("src/a.ts", cls.name)
        module_of(project, ref)
        entity_of(project, ref)
        for method in cls.methods:
            effects_of(project, ref, method.name)
        for handler in handlers_of(project, ref):
            access_of(project, handler)
    settings = Settings(preset=Preset.STRICT) if strict else Settings()
    found = check(File("src/a.ts", data, facts, source), project, RULES, settings)
    assert not found.failures, found.failures
    for diagnostic in found.diagnostics:
        for fix in (
            diagnostic.rule.fixes(diagnostic.finding, found.file, project) if diagnostic.rule.fixes else ()
        ):
            assert fix.title
        span = diagnostic.finding.span
        assert 0 <= span.start <= span.end <= len(data)


@st.composite
def half_typed(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(TEXTS) | st.sampled_from(ENTITIES)).encode()
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        gone = draw(st.sampled_from([0, 0, 1, 3, 20, 200, 10**6]))
        data = data[:start] + draw(st.sampled_from(TOKENS)) + data[start + gone :]
    return data


@settings(max_examples=250, deadline=None)
@given(half_typed())
def test_no_half_typed_code_makes_anything_raise(data):
    ask_everything(data)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=60))
def test_no_heap_of_tokens_makes_anything_raise(tokens):
    ask_everything(b" ".join(tokens))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_anything_raise(data):
    ask_everything(data)


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"\xef\xbb\xbf", b"\0", b"@", b"export", b"export default", b"import"]
)
def test_almost_nothing_is_something(text):
    ask_everything(text)


N = 10_000
DEEP = {
    "parentheses": "const a = " + "(" * N + "1" + ")" * N + ";",
    "open parentheses": "@Module(" + "(" * N,
    "arrays": "@Module({ imports: " + "[" * N + "]" * N + " }) class A {}",
    "objects": "const a = " + "{ a: " * N + "1" + " }" * N + ";",
    "calls": "const a = b" + "(c)" * N + ";",
    "chains": "const a = b" + ".c()" * N + ";",
    "awaited chains": "const a = await b<T>(c)" + ".d<T>(e)" * 1000 + ";",
    "operations": "const a = 1" + " + f<T>(x)" * 1000 + ";",
    "unions": "type A = B" + " | C" * N + ";",
    "generics": "class A { @B() c: " + "D<" * 2000 + "E" + ">" * 2000 + " }",
    "ternaries": "const a = " + "b ? c : " * N + "d;",
    "functions": "export const A = " + "() => { return " * 2000 + "1" + " }" * 2000,
    "blocks": "export function Auth() { UseGuards(); "
    + "if (a) { " * 2000
    + "return 1;"
    + " }" * 2000
    + " }",
    "arrow functions": "const a = " + "(b) => " * 2000 + "c;",
    "classes": "class A extends " + "B(" * 2000 + ")" * 2000 + " { canActivate() { " + "!" * 2000 + "a } }",
    "decorators": "class A { " + "@B() " * N + "c: string }",
    "templates": "const a = " + "`${" * 500 + "1" + "}`" * 500 + ";",
    "type arguments": "const a = b<" * 500 + ">`c`" * 500,
    "patterns": "export const " + "{ a: " * 1000 + "b" + " }" * 1000 + " = c;",
}


@pytest.mark.parametrize("what", DEEP)
def test_depth_neither_raises_nor_hangs(what):
    start = time.process_time()
    ask_everything(DEEP[what].encode())
    assert time.process_time() - start < 20, "this is for what takes minutes, not for a slow machine"


def test_a_parser_that_goes_round_in_circles_is_stopped():
    heap = (
        ":  =  🐈 \n . , constructor( ' ' , default  return :  . '  !  :  export extends  [ :  default  "
        "static  | [ extends  }  extends => constructor( ${ > 🐈  (  {  super(  }  =  |  ${ export = /* >  "
        "${  é  // import "
    )
    start = time.process_time()
    ask_everything(heap.encode())
    assert time.process_time() - start < 20
    source = Source.parse(heap.encode())
    assert source.broken
    assert extract(source.edited([Edit(Span(0, len(heap.encode())), "class A {}")])).classes


@pytest.mark.slow
def test_five_megabytes_are_read():
    text = "export class A%d { constructor(private a: B) {} @Get() c(@Body() d: E) { return f<T>(x)!.g; } }\n"
    data = "".join(text % i for i in range(56_000)).encode()
    assert len(data) > 5_000_000
    facts = extract(Source.parse(data))
    assert len(facts.classes) == 56_000
