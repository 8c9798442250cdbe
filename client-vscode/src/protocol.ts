// What nestwise adds to LSP; server/PROTOCOL.md is the reference.

/** From 0, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/**
 * Announced in `capabilities.experimental`: without it the server sends nothing of all this. `findings`: VS Code
 * itself shows them on hover.
 */
export const EXPERIMENTAL = { nestwise: { status: true, model: true, findings: true } } as const;

/** `nestwise/status`, server to client. */
export interface Status {
  readonly state: 'indexing' | 'ready' | 'error';
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
}

/** Who may call it? `internal`: no client at all. `unknown` where that depends on what cannot be seen. */
export type Access = 'guarded' | 'public' | 'unguarded' | 'unknown' | 'internal';

export interface Route {
  readonly id: string;
  /** URI of the workspace folder. */
  readonly folder: string;
  readonly application: string;
  /** `http`, `graphql`, `gateway`, `message`, `event`, … */
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly versions: readonly string[];
  readonly handler: string;
  readonly controller: string;
  readonly module: string;
  readonly access: Access;
  readonly guards: readonly string[];
  readonly inputs?: readonly Input[];
  /** Why something of it is unknown. */
  readonly unknown?: readonly string[];
  readonly uri: string;
  /** Of the handler's name. */
  readonly range: Range;
  /** Is its path all there is, and the only one? */
  readonly certain: boolean;
}

export interface Input {
  /** `body`, `query`, `param`, … */
  readonly source: string;
  readonly name: string;
  readonly type: string;
}

/** Answer to `nestwise/routes`. */
export interface Routes {
  /** False while a folder is still being read. */
  readonly complete: boolean;
  readonly routes: readonly Route[];
}

export interface GraphModule {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  /** The package that it comes from, if it is not the project's own. */
  readonly package?: string | null;
  readonly applications: readonly string[];
  /** Does an application start with it? */
  readonly root?: boolean;
  readonly global: boolean;
  readonly known: boolean;
  /** Why something of it is unknown. */
  readonly why?: string | null;
  readonly controllers: number;
  readonly providers: number;
  readonly exports: number;
  readonly uri?: string;
  readonly range?: Range;
}

export interface GraphImport {
  readonly from: string;
  readonly to: string;
  readonly forwardRef: boolean;
  readonly certain: boolean;
}

/** Answer to `nestwise/graph`. */
export interface Graph {
  readonly complete: boolean;
  readonly modules: readonly GraphModule[];
  readonly imports: readonly GraphImport[];
  /** Ids of the modules of each circle. */
  readonly cycles: readonly (readonly string[])[];
}
