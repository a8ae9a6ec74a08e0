import { type Database, type ValueAsOf, valueAsOf } from '@ballast/db';
import type { InstrumentId, MicrostructureKind } from '@ballast/domain';
import type { Facts } from '@ballast/strategies';

/** Instruments of these markets are contracts whose holders pay each other funding. */
const WITH_FUNDING = /^[a-z]+\.linear:/;

/** What the venue had published of the instrument's market by then. */
export async function crowdFacts(
  db: Database,
  instrument: InstrumentId,
  now: number,
): Promise<Pick<Facts, 'longAccountShare' | 'takerBuyShare' | 'fundingRate'>> {
  if (!WITH_FUNDING.test(instrument)) {
    const fundingRate = { at: now, value: null };
    return { fundingRate, longAccountShare: 'unknown', takerBuyShare: 'unknown' };
  }
  const ask = (kind: MicrostructureKind): Promise<ValueAsOf | null> =>
    valueAsOf(db, { instrument, kind, at: now, asOf: now });
  const [fundingRate, longAccountShare, bought, sold] = await Promise.all([
    ask('funding-rate'),
    ask('long-account-share'),
    ask('taker-buy-volume'),
    ask('taker-sell-volume'),
  ]);
  return {
    fundingRate: numberOf(fundingRate),
    longAccountShare: numberOf(longAccountShare),
    takerBuyShare: buyShare(bought, sold),
  };
}

function numberOf(known: ValueAsOf | null): Facts['longAccountShare'] {
  return known === null ? 'unknown' : { at: known.at, value: Number(known.value) };
}

/** Both must speak of the same time, and somebody must have traded in it. */
function buyShare(bought: ValueAsOf | null, sold: ValueAsOf | null): Facts['takerBuyShare'] {
  if (bought === null || sold === null || bought.at !== sold.at) return 'unknown';
  const [buys, sells] = [Number(bought.value), Number(sold.value)];
  return buys + sells > 0 ? { at: bought.at, value: buys / (buys + sells) } : 'unknown';
}
