import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EXIT, LaunchError } from './launch-error.ts';

const SECRET_BYTES = 32;
const schema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/** Secrets by name; the first question for a name makes its secret. */
export interface Secrets {
  get(name: string): string;
}

/** Random secrets of this data folder, in `secrets.json` that only its owner may read. */
export function openSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  const known = existsSync(path) ? read(path) : {};
  return {
    get(name) {
      const found = known[name];
      if (found !== undefined) return found;
      const made = randomBytes(SECRET_BYTES).toString('hex');
      known[name] = made;
      // Written before anybody uses it: a cluster whose password was not kept is lost.
      const unfinished = `${path}.${process.pid}`;
      writeFileSync(unfinished, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
      renameSync(unfinished, path);
      return made;
    },
  };
}

function read(path: string): Record<string, string> {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'is damaged';
    // New secrets would lock us out of the database that was made with the old ones.
    throw new LaunchError(
      `${path}: ${reason}. Restore it, or start with another --data-dir.`,
      EXIT.configuration,
      {
        cause,
      },
    );
  }
}
