import type { Logger } from '@ballast/observability';
import type { TradeEffect } from '@ballast/order-core';
import type { Journal } from '../journal/journal.ts';
import type { StagedEffect } from '../journal/stage.ts';
import type { Work } from '../journal/work.ts';
import { askVenue } from './ask-venue.ts';
import type { BrokerCalls } from './audited-broker.ts';

/**
 * Requests to the venue under way at once: so many answers can share a commit. What the venue
 * allows a second is the rate budget of its adapter.
 */
export const CONCURRENT_MAX = 64;

export type Performer = {
  perform(effects: readonly StagedEffect[]): void;
  /** Takes no more effects and resolves when those under way have been answered. */
  close(): Promise<void>;
};

/** Does what commits have promised, exits first, then questions, then entries. */
export function createPerformer(
  broker: BrokerCalls,
  journal: () => Pick<Journal, 'write'>,
  tools: { now: () => number; log: Logger },
): Performer {
  const waiting: Record<Rank, StagedEffect[]> = { exit: [], question: [], entry: [] };
  const underWay = new Set<Promise<void>>();
  let closed = false;

  const next = (): void => {
    while (!closed && underWay.size < CONCURRENT_MAX) {
      const { exit, question, entry } = waiting;
      const staged = exit.shift() ?? question.shift() ?? entry.shift();
      if (staged === undefined) return;
      const task = answer(staged).finally(() => {
        underWay.delete(task);
        next();
      });
      underWay.add(task);
    }
  };

  /** A journal that refuses is ending the process: recovery will ask the venue again. */
  async function answer({ id, tradeId, effect, at }: StagedEffect): Promise<void> {
    const answers = await askVenue(broker, effect, at, tools);
    const works = answers.map(({ input, channel }): Work => {
      return { type: 'input', tradeId, input, ...(channel === undefined ? {} : { channel }) };
    });
    const done: Work = { type: 'closeOutbox', ids: [id], at: tools.now() };
    await Promise.all([...works, done].map((work) => journal().write(work))).catch(() => undefined);
  }

  return {
    perform(effects) {
      for (const staged of effects) waiting[rankOf(staged.effect)].push(staged);
      next();
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}

type Rank = 'exit' | 'question' | 'entry';

/** A stop must not wait behind questions, nor anything behind a new risk. */
function rankOf(effect: TradeEffect): Rank {
  if (effect.type === 'query') return 'question';
  return effect.type === 'submit' && effect.order.role === 'entry' ? 'entry' : 'exit';
}
