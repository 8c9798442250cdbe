// Valid TSX that the grammar rejects, misreads, or comes close to. See nasty.ts.
import * as React from 'react';

const Button = styled.button<{ wide: boolean; on?: (e: Event) => void }>`
  width: ${({ wide }) => (wide ? '100%' : 'auto')}; /* é😀 */
`;
const Box = styled(Button)<Props>`color: red`;

export function Mail({ name, items }: { name: string; items: Item[] }): JSX.Element {
  const [state, setState] = React.useState<string | null>(null);
  const ref = React.useRef<HTMLDivElement>(null)!, total = items.length && items[0]!.price!.value;
  const generic = <T,>(x: T) => x, other = <T extends {}>(x: T) => <b>{x}</b>;
  const both: Foo<A> & Bar<B> = a < b && c > d ? e & f : g;
  return (
    <>
      <h1 title="Terms & Conditions">Terms & Conditions</h1>
      <a href="https://example.com/?a=1&b=2&c" {...rest} data-x='a&b'>don't &amp; won't & can't</a>
      <p>Run <code>`nest start`</code> or <code>`npm i`</code>, in London, out there.</p>
      {items.map((item) => (
        <Item<Props> key={item.id!} onClick={() => setState(item.find<Name>(name)!.first)}>
          {item.price > 3 ? <b>{item.name}</b> : <></>}
        </Item>
      ))}
      {state && html`<b>${state}</b>`} {`<i>`}
      <Foo.Bar render={async () => await load<typeof import('./lazy')>('x')} />
    </>
  );
}

export const enum Size { s, m }
@Component({ template: `<b>` }) export class View { @Input() size!: Size; private handle = (e: Event): void => void e.stop<X>() }
