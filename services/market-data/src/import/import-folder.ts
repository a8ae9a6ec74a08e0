import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '@ballast/domain';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** As it lies there; what comes out of it is bound by its rows. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** Why a file cannot be imported, or null: it must be a plain file that lies in the folder. */
export async function importFault(folder: string, name: string): Promise<InvalidInput | null> {
  if (!NAME.test(name)) {
    return new InvalidInput('IMPORT_NAME', `"${name}" is not the name of a file in the folder`);
  }
  try {
    // What a link points to may lie anywhere.
    const found = await lstat(join(folder, name));
    if (!found.isFile()) return new InvalidInput('IMPORT_NO_FILE', `${name} is not a plain file`);
    if (found.size <= FILE_BYTES_MAX) return null;
    return new InvalidInput('IMPORT_TOO_LARGE', `${name} has ${found.size} bytes`);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const why =
      code === 'ENOENT' ? 'is not in the import folder' : `cannot be read: ${String(code)}`;
    return new InvalidInput('IMPORT_NO_FILE', `${name} ${why}`);
  }
}

/** @throws InvalidInput as `importFault` says */
export async function importPath(folder: string, name: string): Promise<string> {
  const fault = await importFault(folder, name);
  if (fault !== null) throw fault;
  return join(folder, name);
}
