"""What details take over from the version before is what reading the text afresh gives, positions too."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from nestwise.lint.file import File
from nestwise.project.details import Reading
from nestwise.project.extract_deeds import DEEDS, Deeds
from nestwise.project.extract_parts import Known
from nestwise.project.extract_rejections import REJECTIONS
from nestwise.project.facts import EMPTY, NOWHERE, At
from nestwise.syntax.source import Source

CODE = """\
import { Injectable } from '@nestjs/common';

const known = load((é) => é.rows?.map(x => x.id));
@Module({ providers: [{ provide: 'x', useFactory: async (c: Client) => await c.connect() }] })
export class CatsService extends Mixin(Base) {
  private readonly run = async (id: number) => { const { row } = await this.cats.find(id); return row; };
  @Retry(() => times()) static total = count();
  constructor(@InjectRepository(Cat) private readonly cats: Repository<Cat>) { super(); this.start(); }

  @Get(':id') @UseGuards(AuthGuard('jwt'))
  async one(id: number, { a, b: c }: Dto = {}): Promise<Cat> {
    const client = this.dataSource;
    if (!id) { throw new NotFound(); } else { await this.log.warn('😀'); }
    for (const x of a) { await this.cats.save(x).catch(() => done()); }
    return this.dataSource.transaction(async (tx) => (c ? tx.save(id) : sql<T>`select ${id}`));
  }
  async one(id: string) { try { return this.other(id) } catch { this.log.error(id); } }
  static async other() { switch (a) { case 1: await f(); default: g!.h().i(); } }
  list() { this.warm()
    return class Inner { go() { this.cats.deleteAll(); } }; }
}
export default class { async all() { await known.all(); } }
function helper(cats) { while (cats.pop()) { void cats.save(); } return cats; }
const other = async () => { await helper(await other()); };
"""
PIECES = [
    "", " ", "\n", "é", "😀", "'", "`", "${", "/*", "*/", "//", "(", ")", "{", "}", "<", ">", "@", ";", ",",
    "@Get()", "m() {}\n", "a = f();\n", "static ", "async ", "await ", "this.", "class A {", "}\n", "x.y()",
    "b!.c", "await f<T>(x);\n", "const z = this.a;\n", "throw e;\n", "if (a) ", "return ", "() => ",
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, len(CODE)), st.sampled_from([0, 0, 1, 2, 9, 80]), st.sampled_from(PIECES)),
    min_size=1,
    max_size=8,
)


def moved(value: object, by: int) -> object:
    if isinstance(value, At):
        return (value.start + by, value.end + by) if (value.start, value.end) != (0, 0) else None
    if isinstance(value, tuple):
        return [moved(item, by) for item in value]
    if isinstance(value, Struct):
        return [type(value).__name__, *(moved(getattr(value, f), by) for f in value.__struct_fields__)]
    return value


def shown(deeds: Deeds) -> tuple[object, object]:
    by = deeds.here(At(1, 1)).start - 1
    return moved(deeds.at, 0), moved(msgspec.structs.replace(deeds, at=NOWHERE, read_at=NOWHERE), by)


def read(source: Source, known: Known | None) -> tuple[object, object]:
    reading = Reading("src/cats.service.ts", source.text.data, None, source, known)
    deeds, rejections = DEEDS.extract(reading), REJECTIONS.extract(reading)
    return [shown(part) for part in deeds.parts], rejections


QUERIES = (
    "(expression_statement (call_expression) @call)",
    "(expression_statement) @statement",
    "(class_declaration (class_heritage) @base body: (class_body (method_definition) @member)) @class",
    "((decorator) @first . (method_definition) @second)",
    '(this) @this (await_expression) @waits (identifier) @name (await_expression "await" @word)',
    "(program (_) @top)",
)


def matched(source: Source, known: Known | None) -> set[tuple[object, ...]]:
    found = File("src/cats.service.ts", source.text.data, EMPTY, source, known=known).matches(*QUERIES)
    return {(q, *((n, c.id, c.type, c.start_byte) for n, c in sorted(m.items()))) for q, m in found}


@settings(max_examples=50, deadline=None)
@given(edits=EDITS, undo=st.booleans())
def test_any_edits_give_the_details_of_the_text(edits, undo):
    known = Known()
    texts = [CODE]
    for at, gone, new in edits:
        at = min(at, len(texts[-1]))
        texts.append(texts[-1][:at] + new + texts[-1][at + gone :])
    for text in texts + (texts[-2::-1] if undo else []):
        source = Source.parse(text.encode())
        assert read(source, known) == read(source, None), text
        assert matched(source, known) == matched(source, None), text


def test_what_did_not_change_is_not_read_again():
    known, parts = Known(), []
    for text in (CODE, CODE.replace("return row", "return rows"), "// é\n" + CODE):
        reading = Reading("a.ts", text.encode(), None, None, known)
        seen: list[bytes] = []
        parts.append(seen)
        for _ in reading.parts("test", lambda part, seen=seen: seen.append(part.node.text)):
            pass
    assert len(parts[0]) > 12
    assert [b"return rows" in text for text in parts[1]] == [True]
    assert len(parts[2]) == 2  # the one that was changed back, and the comment
