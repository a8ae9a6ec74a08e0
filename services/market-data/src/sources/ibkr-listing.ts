import { type Instrument, type InstrumentId, symbolOf } from '@ballast/domain';
import { createTokenBucket, FeedError, fetchIbkrInstruments } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import type { Source } from './source.ts';

const MARKET = 'ibkr.stock:';
/** Of the 50 messages that the venue takes in a second. */
const BUDGET = { tokens: 30, windowMs: 1_000 };
/** Somebody waits for it. */
const ASK_ANSWER_MS = 2_000;
const ASKED_MAX = 1_000;

export type IbkrListingSettings = {
  readonly host: string;
  readonly port: number;
  /** This one and the next. */
  readonly clientId: number;
};

/**
 * The venue tells of a stock that it is asked for and has no list of all: its listing is of the
 * instruments that `known` names, and of those that `ask` has found since the start.
 */
export function ibkrListing(
  { clientId, ...place }: IbkrListingSettings,
  known: () => Promise<readonly InstrumentId[]>,
  log: Logger,
): Pick<Source, 'listing' | 'ask'> {
  const budget = createTokenBucket(BUDGET);
  const found = new Map<InstrumentId, Instrument>();
  const own = (ids: readonly InstrumentId[]) => ids.filter((id) => id.startsWith(MARKET));

  async function listing(): Promise<Instrument[]> {
    const ids = own(await known());
    const target = { ...place, clientId };
    const list = await fetchIbkrInstruments(target, ids.map(symbolOf), { budget, log });
    // Not stored yet, or found while this was under way: what is left out counts as delisted.
    return [...list, ...[...found.values()].filter(({ id }) => !ids.includes(id))];
  }

  async function ask(ids: readonly InstrumentId[]): Promise<Instrument[]> {
    const target = { ...place, clientId: clientId + 1 };
    const options = { budget, log, answerMs: ASK_ANSWER_MS };
    const list = await fetchIbkrInstruments(target, own(ids).map(symbolOf), options).catch(none);
    for (const instrument of list) found.set(instrument.id, instrument);
    for (const id of [...found.keys()].slice(0, Math.max(0, found.size - ASKED_MAX))) {
      found.delete(id);
    }
    return list;
  }
  return { listing, ask };
}

/** Here it is an answer that the venue knows none of them. */
function none(error: unknown): Instrument[] {
  if (error instanceof FeedError && error.code === 'HISTORY_SYMBOL_UNKNOWN') return [];
  throw error;
}
