const GROUPS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

/** Does this package.json depend on a package of Nest? A manifest that cannot be read does not. */
export function dependsOnNest(text: string): boolean {
  try {
    const manifest = JSON.parse(text.replace(/^\uFEFF/, ''));
    return GROUPS.some((group) =>
      Object.keys(manifest?.[group] ?? {}).some((name) => name.startsWith('@nestjs/')),
    );
  } catch {
    return false;
  }
}
