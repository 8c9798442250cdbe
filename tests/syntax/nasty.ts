#!/usr/bin/env node
// Valid TypeScript that the grammar rejects, silently misreads, or comes close to.
// A test compares the tree of this file with the TypeScript compiler's.
/* é😀 shifts every position after it */
import 'side-effect';
import def, { type Kind, type Other as Renamed, default as again, plain } from 'é/😀';
import * as ns from 'ns';
import type { OnlyType } from 'types';
import type WholeType from 'types';
import type * as TypeSpace from 'types';
import json from './data.json' with { type: 'json' };
import required = require('required');
import alias = ns.inner.deep;
import defer * as later from 'later';
export import handedOn = ns.inner;
export * from 'a';
export * as b from 'b';
export type * from 'c';
export type * as d from 'd';
export type { OnlyType, WholeType as Whole } from 'types';
export { plain, type Kind as KindOf, def as 'a string' };

declare module 'augmented' {
  interface Augmented { in: string }
}
declare global {
  interface Window { [key: string]: unknown }
}
declare const sql: any, Prisma: any, platform: any, app: any, NestFactory: any, cache: any, fs: any;
declare function overloaded(a: string): void;

// --- Tagged templates with type arguments
export class UserStore {
  constructor(private readonly db: any, readonly cache?: Map<string, string[]>) {}

  async find(id: string) {
    const users = await this.db.$queryRaw<User[]>`SELECT * FROM users WHERE id = ${id}`;
    const one = await this.db.$queryRaw<User>`SELECT 1`;
    const rows = await sql<{ id: string; 'a>b': 1 }>`
      SELECT ${Prisma.join([1, 2])} -- <not> a type
    `.execute(this.db);
    const nested = sql<Map<string, Array<{ a: 'x' | `y-${string}` }>>>`n`;
    const lines = sql<
      // what a row holds; don't { trip } over this
      {
        id: string; /* <b> */
        on: (event: Event) => void;
      }[]
    >`SELECT ${sql<boolean>`inner ${sql<string[]>`innermost`}`}`;
    const html = `<b>${id}</b>`, more = `<i>` + id + `</i>`;
    const arrow = (x: string): Promise<string> => `<p>${x}</p>` as any;
    const compared = id.length < 3 && id.length > `a`.length;
    const asserted = <string>`not a tag`;
    const path = String.raw`C:\users\x` + String.raw`\1 \\ \u`;
    const tag = this.db.tag`plain ${() => `<x>`}`;
    return { users, one, rows, nested, lines, html, more, arrow, compared, asserted, path, tag };
  }
}

// --- Type arguments that bind too loosely
export async function bootstrap() {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { bufferLogs: true });
  const value = await this.a.b<T>(x).then((y) => y.c<U>(z)).catch();
  const again = await ns.f<T>(x)<U>(y)[0]!.g<V>(z).length;
  const flag = !ns.f<T>(x) || !(await ns.g<U>(y)) || !!(await ns.h<V>(z).i());
  void ns.f<T>(x).catch((e) => void e.report<Problem>(e));
  const sum = 1 + ns.count<T>(x).y, minus = 2 - -ns.g<T>(y).h, text = 'a' + ns.name<T>(x).trim();
  const type = typeof ns.f<T>(x) === 'string' && delete ns.f<T>(x).y;
  const negated = await ns.negate(!ns.f<T>(x)), chosen = flag ? await ns.f<T>(x) : ns.g<U>(y);
  const inner = await Promise.all<X>([await ns.f<T>(y), ns.g<T>(z)]);
  const cast = (await ns.f<T>(x)) as Y, other = await ns.f(x).g<T>(y).h(z), made = await new Foo<T>(x).bar<U>(y);
  const optional = await app?.get<T>(x), called = await app.get?.<T>(y), instance = ns.f<T>, plain = await ns.f(x);
  await ns.f<T>(x)!.g();
  await ns.f(x)!.g<T>(y);
  throw ns.f<T>(x);
}

// --- A postfix `!` that binds too loosely
export function nonNull(a: any, b?: Map<string, any>, c?: any[]) {
  const name = a ?? c!.pop()!.split('#')[0].trim();
  let definite!: string;
  a!.b!.c = definite!;
  return (
    a.has('x') &&
    b
      .get('x')!
      .some((v) => v!.key === c![0]!.key && v!.value !== '') &&
    a + b!.size > c!.length - 1 && !a!.b && !(a)!.c && c![0] !== a! && (b! as any) === 'hello!.' + `a![b] ${c!.length}`
  );
}

// --- Types of modules
export type Whole1 = typeof import('whole');
export type Part = import('part').Part<import('part').Inner, typeof import("part", { with: { 'resolution-mode': 'import' } })>;
export function typed(a: import('x').Y, b: Promise<typeof import('y')['z']>, c = import('z').then((m) => m.c)): import('r').R[] | null {
  const lazy = () => import('./lazy'), loaded = import('./loaded').then<T>((m) => m.X), part = (await import('./p')).Part;
  const cast = a as import('x').Z, keys: keyof import('x').Y;
  return import('./thing');
}
await vi.mock('x', async (original) => ({ ...(await original<typeof import('x')>()), y: await import('y') }));
const deferred = import.defer('x'), here = import.meta.url;

// --- Parameters named like primitives, and other names that are keywords elsewhere
export type F = (string) => boolean;
export type G = { a: (number) => (any) => void; b(string, object): void; new (symbol): X };
export const h = (string) => string.length, k = (unknown, never) => unknown;
export interface Paper {
  abstract: string
  accessor?: number
  in: string
  instanceof?: boolean
  get: string
  set(of: string): void
  readonly: boolean
  <A extends Paper>(x: A, y: (z: A) => void): void
  new <A>(x: A): Paper
}
export class Named {
  declare readonly type: string;
  abstract: string; static = 1; async = 2; accessor = 3; of; is; from; namespace; module; declare; string; any; get; set;
  public() {} private() {} readonly() {} override() {} delete() {} new() {}
  static async *static() {} async async() {} get get() { return 1 } set set(v) {}
}
export type Mapped = { [type in X]: 1 } & { readonly [namespace in X]?: 2 } & { -readonly [K in X as `a${K}`]-?: 3 };
const abstract = 1, type = 2, of = 3, module = 4, declare = 5, namespace = 6, satisfies1 = abstract + type;
abstract.toFixed(); type.x(); of(1); module.exports = 1;

// --- Variance, `using`, accessors
export interface Producer<out T> { make(): T }
export interface Both<in out T, const U extends X = Y> extends Producer<T>, ns.Other<U> {}
export class Consumer<in T, out U> { take(x: T): U { return x as any } }
export function resources() {
  using file = open('a'), other: Closable = open('b');
  for (using x of all()) x.read();
  return async () => {
    await using connection = connect();
    for await (await using y of all()) y.read();
    const using = 1;
    return using;
  };
}
export abstract class Accessors {
  accessor a = 1;
  static accessor b: string;
  private static accessor #c = 2;
  abstract accessor d: number;
  @Tracked() accessor e = 3;
  static { this.b = '' }
}

// --- Decorators
@(decorators[kind]) export class Odd {
  @(Typed) a: string;
  @(ns.Typed('x')) b: string;
  @ns.inner.Constant c: string;
  @Constant
  d: string
  @First() @Second({ a: 1 }) /* é */ @Third<T>(() => X)
  // 😀
  private readonly 'e f'?: string = `x`;
  @Get(':id') @Roles(Role.Admin) async [Symbol.iterator](@Param('id', new ParseIntPipe()) id: number, @Body() { a, b = 1 }: Dto, @Req() ...rest) {}
  @Input() get g() { return 1 } @Output() set g(v) {}
  #h = 1;
  constructor(@Inject(TOKEN) private readonly i: I, @Optional() @Inject() j?, public override k = 1) { super() }
}
@Controller('cats') export abstract class CatsController<T extends Cat = Cat> extends mixin(Base, Other)<T> implements A, B.C<D> {
  find(): void;
  find(id: string): void;
  find(id?: any) {}
  abstract all(): T[];
  protected abstract readonly one: T;
  static readonly two?: T; override async *three() { yield* this.all(); yield this.f<T>(1) }
}
@Injectable() export default class extends Base {}
export @Injectable() class AfterExport {}
const Expression = @Injectable() class { @Prop() x }, Plain = class Inner extends Expression {};

// --- Others
namespace A.B.C { export class D {} export const enum E { a = 1 << 0, b = 'x'.length, 'c-d' } }
declare namespace Ambient { class D { x: string } function f(): void }
enum Colour { Red = 'red', Blue = 1, ['Green'] }
function assertsIt(this: Foo, x: unknown, ...rest: [a: string, b?: number, ...c: any[]]): asserts x is string {}
type Conditional<T> = T extends [infer H extends string, ...infer R] ? H : T extends (infer U)[] ? U : never;
type Template = `a-${string}b` | unique symbol | -1 | 1n | typeof a.b<c> | (abstract new () => X);
const re = /[/"'`]<T>`/g, division = a / b / c, both = (a) / b, quote = "it's", after = `x`, generic = f<T>`y`;
const object = { async, get, set, of, type, get a() { return 1 }, set a(v) {}, async *b() {}, [`c`]: 1, 'd': 2, 3: 4, ...e, async<T>() {} };
label: for (const [x, { y = 1, ...z }] of w) for (const k in z) if (k in y) continue label; else break;
try { a ??= b; a ||= c; a &&= d; a **= 2 } catch { throw new Error(`x`) } finally { debugger }
const satisfied = { a: 1 } satisfies Record<string, number> as const, old = <any>satisfied, tern = a ? (b) : c => d;
const big = 1_000n, maybe = a?.b?.[c]?.(d), target = () => new.target, \u0061bc = 'a\
b', ünïcödé = class Ça {};
do { x(); } while (y)
switch (a) { case 1: case `b`: return; default: { throw a } }
async () => { for await (const x of y) {} };
const C = async <T,>(x: T) => x, D = <const T extends readonly unknown[]>(x: T): x is T => true;
