import {
  InvalidInput,
  type InstrumentId,
  parseInstrumentId,
  parseScaled,
  type Quote,
  unpackMarketEvents,
} from '@ballast/domain';
import type { Bus } from './connection.ts';
import { QUOTES_KEY } from './keys.ts';

/**
 * Latest quote of each instrument, conflated by the publisher. One that cannot be read is left out
 * and told, with how many there are: whoever lacks a quote does not trade on it, and the next one
 * takes its place, while no service could start with an error here.
 */
export async function latestQuotes(bus: Bus): Promise<Map<InstrumentId, Quote>> {
  const packed = await bus.run('HGETALL quotes', (redis) => redis.hgetall(QUOTES_KEY));
  const quotes = new Map<InstrumentId, Quote>();
  const faults: string[] = [];
  for (const [instrument, text] of Object.entries(packed)) {
    try {
      quotes.set(parseInstrumentId(instrument), quoteOf(instrument, text));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      faults.push(`${instrument}: ${error.message}`);
    }
  }
  if (faults.length > 0) {
    const fields = { code: 'QUOTES_FAULTY', faulty: faults.length, first: faults[0] };
    bus.log.warn(fields, `fields of ${QUOTES_KEY} were left out`);
  }
  return quotes;
}

/** @throws InvalidInput */
function quoteOf(instrument: string, text: string): Quote {
  const [event] = unpackMarketEvents(text);
  if (event?.kind !== 'quote' || event.quote.instrument !== instrument) {
    throw new InvalidInput('MARKET_ROW_MALFORMED', 'not a quote of this instrument');
  }
  const { quote } = event;
  for (const decimal of [quote.bid, quote.bidQuantity, quote.ask, quote.askQuantity, quote.last]) {
    parseScaled(decimal);
  }
  for (const time of [quote.eventTime, quote.receivedTime]) {
    if (Number.isSafeInteger(time)) continue;
    throw new InvalidInput('MARKET_ROW_MALFORMED', 'a time is not in whole ms');
  }
  return quote;
}
