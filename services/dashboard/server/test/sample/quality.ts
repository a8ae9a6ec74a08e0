import { type Database, saveQualityRecords } from '@ballast/db';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** One record of most kinds, two of one. */
export async function seedQuality(db: Database, now: number): Promise<void> {
  const record = (rule: string, symbol: string, age: number, count: number, evidence: object) => {
    const foundAt = now - age;
    const instrument = symbol === '*' ? symbol : `bybit.linear:${symbol}`;
    const times = { fromTime: foundAt, toTime: foundAt + (count - 1) * 900, foundAt };
    return { rule, instrument, source: 'bybit', ...times, count, evidence };
  };
  const print = { venueTradeId: '5266583935', price: '0', quantity: '0.006', takerSide: null };
  const best = { bid: '61800.30', bidQuantity: '2.5', ask: '61800.20', askQuantity: '1.1' };
  await saveQualityRecords(db, [
    record('CROSSED_QUOTE', 'BTCUSDT', 9 * MINUTE, 14, best),
    record('PRICE_NOT_POSITIVE', 'ETHUSDT', 22 * MINUTE, 1, print),
    record('CROSSED_QUOTE', 'SOLUSDT', 3 * HOUR, 2, best),
    record('CLOCK_SKEW', '*', 5 * HOUR, 40, {
      direction: 'ahead',
      meanLagMs: -1_268,
      events: 7_890,
    }),
    record('FEED_FIELD_INVALID', 'XRPUSDT', 30 * HOUR, 5, {
      fault: 'FEED_FIELD_INVALID',
      sample: 'bybit.linear:XRPUSDT i 5266583935',
    }),
  ]);
}
