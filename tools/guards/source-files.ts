import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Folders and files that git ignores; nothing in them is ours. */
const IGNORED_NAMES = new Set(['node_modules', 'dist', '.git', '.ballast']);

/** One file of the project: its path from the root, with forward slashes. */
export interface ProjectFile {
  path: string;
  bytes: number;
  read(): string;
}

export function projectFiles(folder = CHECKOUT): ProjectFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (IGNORED_NAMES.has(entry.name) || entry.name.endsWith('.log')) return [];
    if (entry.isDirectory()) return projectFiles(path);
    if (!entry.isFile()) return [];
    return [
      {
        path: relative(CHECKOUT, path).replaceAll(sep, '/'),
        bytes: statSync(path).size,
        read: () => readFileSync(path, 'utf8'),
      },
    ];
  });
}

export function sourceFiles(): ProjectFile[] {
  return projectFiles().filter(({ path }) => /\.(ts|tsx|mjs)$/.test(path));
}

export function isTest(path: string): boolean {
  return /\.(test|fixture)\.tsx?$/.test(path) || path.includes('/test/');
}
