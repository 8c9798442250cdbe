// The rules as the schema of nestwise.json lists them. Nothing of VS Code.

export interface Rule {
  readonly id: string;
  readonly summary: string;
}

/** From the text of the schema, in its order. */
export function rulesOf(schema: string): Rule[] {
  const rules = JSON.parse(schema)?.properties?.rules?.properties ?? {};
  return Object.entries<{ description?: string }>(rules).map(([id, { description = '' }]) => ({
    id,
    summary: description,
  }));
}
