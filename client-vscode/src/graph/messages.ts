// What the graph's page and the extension tell each other.
import type { Graph } from '../protocol';

export type ToPage = {
  readonly kind: 'graph';
  readonly graph: Graph;
  /** Is there a server that knows more, or will? */
  readonly running: boolean;
  /** What folders are called, by their URIs. */
  readonly folders: Readonly<Record<string, string>>;
};

export type FromPage =
  | { readonly kind: 'ready' }
  /** Show a module, in its file; `focus`: and go there. */
  | { readonly kind: 'open'; readonly id: string; readonly focus: boolean };
