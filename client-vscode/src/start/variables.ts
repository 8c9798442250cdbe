/** A setting with `${workspaceFolder}`, `${userHome}` and a `~/` at its start replaced. */
export function expand(text: string, folder: string | undefined, home: string): string {
  const known: Record<string, string | undefined> = { workspaceFolder: folder, userHome: home };
  return text
    .replace(/^~(?=[\\/]|$)/, () => home)
    .replace(/\$\{(\w+)\}/g, (variable, name) => known[name] ?? variable);
}
