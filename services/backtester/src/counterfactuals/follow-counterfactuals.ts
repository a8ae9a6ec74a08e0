import { setTimeout as delay } from 'node:timers/promises';
import type { Database, SignalPlace } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import { settleCounterfactuals, type SettleOptions } from './settle-counterfactuals.ts';

/** After all have been looked at: a trade lasts for minutes at least. */
const PAUSE_MS = 60_000;
/** Between the parts of one look, so that commands are heard in between. */
const BREATH_MS = 250;

type Context = Omit<SettleOptions, 'after' | 'signal'> & {
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => number;
};

/** Looks through the blocked signals again and again; a failed look begins anew after the pause. */
export function followCounterfactuals({ db, log, now, account, riskFraction }: Context) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const told = new Set<string>();
  let settled = 0;

  async function look(after: SignalPlace | null): Promise<SignalPlace | null> {
    try {
      const seen = await settleCounterfactuals(db, now(), { account, riskFraction, after, signal });
      settled += seen.settled;
      for (const one of seen.failed) {
        // What it fails of later may be another thing.
        const word = `${one.signalId} ${one.code}`;
        if (told.has(word)) continue;
        told.add(word);
        log.warn(one, 'a blocked signal cannot be followed');
      }
      return seen.next;
    } catch (error) {
      log.error({ err: error }, 'blocked signals not followed');
      return null;
    }
  }

  const following = async (): Promise<void> => {
    let after: SignalPlace | null = null;
    while (!signal.aborted) {
      after = await look(after);
      const pause = after === null ? PAUSE_MS : BREATH_MS;
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  };
  const done = following();
  return {
    /** Since the start. */
    get settled(): number {
      return settled;
    },
    async stop(): Promise<void> {
      stopping.abort();
      await done;
    },
  };
}
