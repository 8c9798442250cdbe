"""What is taken over from the version before is what reading the text afresh gives, positions included."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from nestwise.project.extract import extract
from nestwise.project.known import Known
from nestwise.syntax.source import Source

CODE = """\
import { Controller, Get, Module } from '@nestjs/common';

@Module({ providers: [{ provide: APP_GUARD, useClass: é }] })
export class Dynamic {
  static forRoot(options: Options): DynamicModule {
    return { module: Dynamic, providers: [{ provide: 'x', useValue: options.a && options.b!.c }] };
  }
  static other() { return 1; }
}

@Controller({ path: 'cats', version: '1' })
class Cats<T> extends Base<T> implements OnModuleInit {
  @Prop({ type: () => [Cat] }) readonly names?: string[] = ['😀', `a${b}c`];
  #secret = sql<T>`select`;
  mixed = Mixed(class Inner {}, { class: class {} });
  static count: Map<string, { a: number; b?: T[] }> = new Map();
  constructor(private readonly a: A, @Inject(B) b?: B) { super(a); }

  @Get(':id') @UseGuards(AuthGuard('jwt'), new Roles(['a']))
  // between
  async one(@Param('id', ParseIntPipe) id: number, @Body() { a, b: c }: Dto = {}): Promise<Cat | null> {
    return await this.find<Cat>(id) ?? null;
  }
  one(id: string): void;
  @Get() one(id: any) { return id; }
  use(req, res, next) { if (!req.user) { throw new E(); } next(); }
  get tail() { return (a ? b : c) as any; }
  abstract later(): void;
}
"""
PIECES = [
    "", " ", "\n", "é", "😀", "'", "`", "${", "/*", "*/", "//", "(", ")", "{", "}", "<", ">", "@", ";", ",",
    "@Get()", "m() {}\n", "a = 1;\n", "static ", "async ", "use", "abstract ", "constructor", "class A {",
    "b!.c", "await f<T>(x)", "@(a ? b : c)", "DynamicModule", "NestFactory", "canActivate() { return 1 }\n",
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, len(CODE)), st.sampled_from([0, 0, 1, 2, 9, 80]), st.sampled_from(PIECES)),
    min_size=1,
    max_size=10,
)


@settings(max_examples=150, deadline=None)
@given(edits=EDITS, undo=st.booleans())
def test_any_edits_give_the_facts_of_the_text(edits, undo):
    source = Source.parse(CODE.encode())
    known = Known(source, extract(source))
    texts = [CODE]
    for at, gone, new in edits:
        at = min(at, len(texts[-1]))
        texts.append(texts[-1][:at] + new + texts[-1][at + gone :])
    for text in texts[1:] + (texts[-2::-1] if undo else []):
        source = Source.parse(text.encode())
        facts = extract(source, known)
        assert msgspec.msgpack.encode(facts) == msgspec.msgpack.encode(extract(source)), text
        if not source.broken:
            known = Known(source, facts)
