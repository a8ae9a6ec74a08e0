import type { InstrumentId } from '@ballast/domain';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../store/store.ts';
import type { BrokerCalls } from './audited-broker.ts';

/** Executions of so long before belong to the record. */
const EXECUTIONS_BACK_MS = 15 * 60_000;
/** Rows of each of the venue's answers. */
const ROWS_MAX = 200;

export type VenueEvidence = (instrument: InstrumentId) => Promise<object>;

/**
 * All that may explain why ledger and venue differ, as they are at this moment: the ledger's
 * position and trades, the venue's answers, and what happened last. An answer that does not come
 * is its reason: a drift is recorded with what can be had.
 */
export function createEvidence(
  broker: Pick<BrokerCalls, 'positions' | 'openOrders' | 'executionsSince'>,
  store: Pick<Store, 'lastEvents'>,
  journal: Pick<Journal, 'book'>,
  now: () => number,
): VenueEvidence {
  return async (instrument) => {
    const since = now() - EXECUTIONS_BACK_MS;
    const [positions, openOrders, executions, last] = await Promise.all([
      answer(broker.positions()),
      answer(broker.openOrders()),
      answer(broker.executionsSince(since)),
      answer(store.lastEvents(instrument)),
    ]);
    const { book } = journal;
    const about = { instrument };
    return {
      ledgerPosition: book.positions.get(instrument) ?? null,
      unattributed: [...book.unattributed.values()].filter((one) => one.instrument === instrument),
      venueAnswers: {
        at: now(),
        positions: of(positions, about),
        openOrders: of(openOrders, about),
        executions: { since, rows: of(executions, about) },
      },
      last,
    };
  };
}

type Row = { readonly instrument: InstrumentId };
type Failed = { readonly notAnswered: string };

async function answer<T>(asked: Promise<T>): Promise<T | Failed> {
  try {
    return await asked;
  } catch (error) {
    return { notAnswered: String(error) };
  }
}

function of(answered: readonly Row[] | Failed, { instrument }: Row): unknown {
  if ('notAnswered' in answered) return answered;
  return answered.filter((row) => row.instrument === instrument).slice(-ROWS_MAX);
}
