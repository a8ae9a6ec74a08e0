/** One import of a source file. */
export interface Import {
  specifier: string;
  /** The import leaves nothing behind at run time. */
  typeOnly: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every import and re-export of a module, static and dynamic. */
export function importsOf(source: string): Import[] {
  const found: Import[] = [];
  for (const [, type, specifier] of source.matchAll(STATEMENT)) {
    if (specifier !== undefined) found.push({ specifier, typeOnly: type !== undefined });
  }
  for (const [, specifier] of source.matchAll(DYNAMIC)) {
    if (specifier !== undefined) found.push({ specifier, typeOnly: false });
  }
  return found;
}

/** The package of a bare specifier: `@scope/name` or `name`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}
