import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, refuse } from './gate.ts';

const NO_QUOTES = missing('age of the quote');

/**
 * No trade on a bar that closed long ago (a stream catching up), nor on a price that may be gone. A
 * host without quotes fills at the next bar instead; one that has them and has none yet says null.
 */
export const stalenessGate: GateCheck = {
  name: 'staleness',
  withoutFacts: 'passes',
  check({ quote, barCloseTime, now }, { quoteAgeMaxMs, barAgeMaxMs }) {
    const barAgeMs = now - barCloseTime;
    if (barAgeMs > barAgeMaxMs) {
      const wanted = `bar closed at most ${barAgeMaxMs} ms ago`;
      return refuse(`bar closed ${barAgeMs} ms ago`, wanted, 'barAgeMaxMs');
    }
    if (quote === UNKNOWN) return NO_QUOTES;
    const ageMs = now - quote.at;
    if (quote.value !== null && ageMs <= quoteAgeMaxMs) return null;
    const seen = quote.value === null ? 'no quote yet' : `quote ${ageMs} ms old`;
    return refuse(seen, `quote at most ${quoteAgeMaxMs} ms old`, 'quoteAgeMaxMs');
  },
};
