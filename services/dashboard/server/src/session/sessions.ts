import { randomBytes } from 'node:crypto';

export const IDLE_MS = 30 * 60_000;
export const ABSOLUTE_MS = 12 * 3_600_000;
const SWEEP_MS = 5_000;
/** Sessions at once; the one that has been idle longest makes room. */
const SESSIONS_MAX = 50;

export type LoginMethod = 'link' | 'password';

export type Session = {
  readonly id: string;
  readonly operator: string;
  readonly method: LoginMethod;
  readonly startedAt: number;
  /** Aborts when the session ends for whatever reason: open streams hang on it. */
  readonly ended: AbortSignal;
};

type Entry = { session: Session; lastActiveAt: number; abort: AbortController };
export type Sessions = ReturnType<typeof createSessions>;

/** Sessions in memory: a restart of the server logs everybody out, and logout is final at once. */
export function createSessions(now: () => number) {
  const entries = new Map<string, Entry>();
  const sweeper = setInterval(sweep, SWEEP_MS);
  sweeper.unref();

  function end(id: string): void {
    entries.get(id)?.abort.abort();
    entries.delete(id);
  }

  function isOver(entry: Entry, at: number): boolean {
    return at - entry.lastActiveAt >= IDLE_MS || at - entry.session.startedAt >= ABSOLUTE_MS;
  }

  function sweep(): void {
    const at = now();
    for (const [id, entry] of entries) if (isOver(entry, at)) end(id);
  }

  function makeRoom(): void {
    if (entries.size < SESSIONS_MAX) return;
    const [idlest] = [...entries.values()].sort((a, b) => a.lastActiveAt - b.lastActiveAt);
    if (idlest !== undefined) end(idlest.session.id);
  }

  return {
    /** Always a new random id: an id known before the login is worth nothing after it. */
    start(operator: string, method: LoginMethod): Session {
      makeRoom();
      const abort = new AbortController();
      const id = randomBytes(32).toString('base64url');
      const session = { id, operator, method, startedAt: now(), ended: abort.signal };
      entries.set(id, { session, lastActiveAt: now(), abort });
      return session;
    },
    find(id: string | undefined): Session | null {
      const entry = id === undefined ? undefined : entries.get(id);
      if (entry === undefined) return null;
      if (!isOver(entry, now())) return entry.session;
      end(entry.session.id);
      return null;
    },
    /** The operator did something; reading and open streams alone do not count. */
    touch(id: string): void {
      const entry = entries.get(id);
      if (entry !== undefined) entry.lastActiveAt = now();
    },
    end,
    endOthers(keep: string): void {
      for (const id of [...entries.keys()]) if (id !== keep) end(id);
    },
    close(): void {
      clearInterval(sweeper);
      for (const id of [...entries.keys()]) end(id);
    },
  };
}
