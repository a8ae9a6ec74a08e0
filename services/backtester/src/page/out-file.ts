import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { InvalidInput } from '@ballast/domain';

/**
 * Asked before anything is run, so that a mistyped folder does not cost the run.
 * @throws InvalidInput USAGE
 */
export function checkOutFiles(paths: Readonly<Record<string, string | undefined>>): void {
  for (const [name, path] of Object.entries(paths)) {
    if (path === undefined) continue;
    try {
      accessSync(dirname(path), constants.W_OK);
    } catch {
      throw new InvalidInput('USAGE', `--${name} ${path}: no folder that can be written into`);
    }
  }
}
