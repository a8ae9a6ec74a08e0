import { existsSync, readFileSync } from 'node:fs';

/** Lines of a recording; none where the checkout came without it. */
export function recordedLines(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
