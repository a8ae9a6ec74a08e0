import { type Instrument, instrumentId, instrumentWire } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { FeedError } from '../faults.ts';
import { floatDecimal } from '../float-decimal.ts';
import type { RateBudget } from '../token-bucket.ts';
import { type ContractTerms, venueSymbol } from './contracts.ts';
import { type HistoryLink, openHistoryLink } from './history-link.ts';
import type { LinkTarget } from './link.ts';

const ANSWER_MS = 10_000;
const CURRENCY = 'USD';
const LARGEST_ORDER = '1000000';
const UNKNOWN = 'HISTORY_SYMBOL_UNKNOWN';

export type IbkrListingOptions = {
  /** The venue takes 50 messages a second of a login. */
  readonly budget: RateBudget;
  readonly log: Logger;
  /** For the login and for each answer. */
  readonly answerMs?: number;
};

/**
 * Describes stocks in dollars by their symbols (`AAPL`, `BRK.B`), over a login of its own that ends
 * with it: the venue has no list of all that it trades. The tick is the smallest one of the
 * contract, the lot one share; the line of business is the venue's `industry` in lower case
 * ("technology"), null where it names none. What the venue does not know is left out and logged.
 * @throws FeedError those of the history, HISTORY_SYMBOL_UNKNOWN when it knows none of them (as it
 * says of every symbol while its own lists are away), IBKR_CONTRACT_INVALID for terms that cannot
 * be read
 */
export async function fetchIbkrInstruments(
  target: LinkTarget,
  symbols: readonly string[],
  options: IbkrListingOptions,
): Promise<Instrument[]> {
  if (symbols.length === 0) return [];
  const { budget, log, answerMs = ANSWER_MS } = options;
  const link = await openHistoryLink(target, answerMs);
  try {
    const described = await Promise.all(
      [...new Set(symbols)].map(async (symbol) => {
        await budget.take(1);
        return await describe(link, symbol, log);
      }),
    );
    const found = described.filter((instrument) => instrument !== null);
    if (found.length > 0) return found;
    const message = `ibkr knows none of ${symbols.length} symbols, ${symbols[0]} the first`;
    throw new FeedError(UNKNOWN, message);
  } finally {
    link.close();
  }
}

async function describe(
  link: HistoryLink,
  symbol: string,
  log: Logger,
): Promise<Instrument | null> {
  try {
    const { terms } = await link.contract({ symbol, currency: CURRENCY });
    return toInstrument(symbol, terms);
  } catch (error) {
    if (!(error instanceof FeedError) || error.code !== UNKNOWN) throw error;
    log.warn({ code: error.code, symbol, said: error.message }, 'instrument left out');
    return null;
  }
}

function toInstrument(symbol: string, terms: ContractTerms): Instrument {
  const { secType, currency, minTick, industry } = terms;
  const isAsked = terms.symbol === venueSymbol(symbol) && secType === 'STK';
  const tickSize = floatDecimal(minTick);
  const result = instrumentWire.safeParse({
    ...{ id: instrumentId('ibkr', 'stock', symbol), baseCurrency: symbol, quoteCurrency: CURRENCY },
    ...{ tickSize, lotSize: '1', minQuantity: '1', maxQuantity: LARGEST_ORDER },
    ...{ minNotional: '0', multiplier: '1', sector: sectorOf(industry), session: 'us-equity' },
  });
  if (isAsked && currency === CURRENCY && result.success && result.data.tickSize > 0n) {
    return result.data;
  }
  const told = JSON.stringify(terms).slice(0, 160);
  throw new FeedError('IBKR_CONTRACT_INVALID', `${symbol}: told as ${told}`);
}

function sectorOf(industry: unknown): string | null {
  const name = typeof industry === 'string' ? industry.trim().toLowerCase() : '';
  return name === '' ? null : name;
}
