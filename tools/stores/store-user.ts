import { execFile, execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ACCOUNT = 'postgres';

/** How to start a store: words put before its command line, and whom its files belong to. */
export interface StoreUser {
  prefix: readonly string[];
  own(path: string): void;
}

/**
 * Postgres refuses to run as root, so root starts it as the user `postgres`. That user often cannot
 * enter the folders above the checkout (/root is 0700): then it gets the single right to pass
 * through folders, and nothing else. An ordinary user runs Postgres as itself.
 * On Linux the store also gets a signal when its starter dies, so that `kill -9` leaves no orphan.
 */
export async function storeUser(initdb: string, dataDir: string): Promise<StoreUser> {
  if (process.getuid?.() !== 0) {
    return { prefix: await dieWithParent('INT'), own: () => {} };
  }
  const { uid, gid } = await account();
  const drop = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  for (const rights of [[], capability('dac_read_search'), capability('dac_override')]) {
    const prefix = [...drop, ...rights, '--pdeathsig=INT', '--'];
    if (await reaches(prefix, initdb, dataDir)) {
      return { prefix, own: (path) => chownSync(path, uid, gid) };
    }
  }
  throw new Error(
    `user ${ACCOUNT} cannot reach ${initdb} or ${dataDir}. Run this and start again:\n` +
      `  chmod o+x ${closedFolders(initdb, dataDir).join(' ')}`,
  );
}

/** Words that make a command end with `signal` when its starter dies; none where unsupported. */
export async function dieWithParent(signal: 'INT' | 'TERM'): Promise<string[]> {
  const prefix = ['setpriv', `--pdeathsig=${signal}`, '--'];
  return (await succeeds([...prefix, 'true'])) ? prefix : [];
}

async function account(): Promise<{ uid: number; gid: number }> {
  if (!(await succeeds(['id', '-u', ACCOUNT]))) {
    const create = ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false'];
    await run('useradd', [...create, ACCOUNT]).catch((cause: unknown) => {
      throw new Error(`cannot create the user ${ACCOUNT}, under which root runs Postgres`, {
        cause,
      });
    });
  }
  const number = (flag: string) =>
    Number(execFileSync('id', [flag, ACCOUNT], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

function capability(name: string): string[] {
  const held = [`--inh-caps=+${name}`, `--ambient-caps=+${name}`];
  // Postgres asks access(2) about its own programs, which without this bit forgets capabilities.
  return [...held, '--securebits=+no_setuid_fixup'];
}

/** `--show` makes initdb look for its own files and for postgres, without doing anything. */
function reaches(prefix: readonly string[], initdb: string, dataDir: string): Promise<boolean> {
  const script = '"$0" --show --pgdata="$1" >/dev/null && cd "$1"';
  return succeeds([...prefix, 'sh', '-c', script, initdb, dataDir]);
}

async function succeeds([command = '', ...args]: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

function closedFolders(...paths: string[]): string[] {
  const closed = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      if ((statSync(folder).mode & 0o001) === 0) closed.add(folder);
    }
  }
  return [...closed];
}
