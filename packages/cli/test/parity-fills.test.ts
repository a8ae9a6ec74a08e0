import { fills, orders } from '@ballast/db';
import { parsePrice, parseQuantity, parseScaled, type Signal } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiveDay, one } from './live-day.fixture.ts';
import { BTC, MINUTE } from './parity-day.fixture.ts';

let day: LiveDay;
let signal: Signal;
/** Open, low and high of the minute after the signal's bar. */
let next: { open: number; low: number; high: number };

beforeAll(async () => {
  day = await LiveDay.open();
  signal = one(day.asking, -1);
  const { rows } = await day.stores.owner.execute(
    `SELECT open::float8, low::float8, high::float8 FROM bars
     WHERE open_time = ${signal.barOpenTime + MINUTE}`,
  );
  next = rows[0] as typeof next;
});
afterAll(() => day.close());

type Filled = {
  readonly role: 'entry' | 'stop' | 'target' | 'close';
  readonly price: string;
  readonly level?: string;
  readonly quantity?: string;
  /** After the decision. */
  readonly afterMs?: number;
};

/** The day where an order of the signal's trade, of 1 unless it is its entry, has filled. */
async function runWith({ role, price, level, quantity = '1', afterMs = 200 }: Filled) {
  const { owner, gateway } = day.stores;
  await day.askedAgain(signal);
  const { rows } = await owner.execute(
    `SELECT client_order_id AS id, trade_id AS trade, quantity::text FROM orders
     WHERE trade_id = (SELECT trade_id FROM signals WHERE id = '${signal.id}')`,
  );
  const entry = rows[0] as { id: string; trade: string; quantity: string };
  const at = signal.decidedAt;
  const isEntry = role === 'entry';
  const clientOrderId = isEntry ? entry.id : `${entry.trade} ${role}`;
  const of = { clientOrderId, tradeId: entry.trade, instrument: BTC.id } as const;
  const side = isEntry === (signal.direction === 'long') ? 'buy' : 'sell';
  if (!isEntry) {
    await gateway.insert(orders).values({
      ...{ ...of, role, side, type: 'market', quantity: parseQuantity('1'), reduceOnly: true },
      ...{ price: level === undefined ? null : parsePrice(level), status: 'filled', reason: '' },
      ...{ filledQuantityCum: parseQuantity('1'), createdAt: at, updatedAt: at },
    });
  }
  await gateway.insert(fills).values({
    ...{ ...of, venue: 'bybit', account: 'paper', executionId: `e ${role}`, venueOrderId: 'v' },
    ...{ side, price: parsePrice(price), fee: 0n, feeCurrency: 'USDT', liquidity: 'taker' },
    quantity: parseScaled(isEntry && quantity === '1' ? entry.quantity : quantity),
    ...{ channel: 'stream', eventTime: at + afterMs, bookedAt: at + afterMs + 100 },
  });
  const found = await day.run();
  await owner.execute(`DELETE FROM fills`);
  const differences = found.differences.filter(({ what }) => what === 'fill');
  return { ...found, differences, cause: differences[0]?.cause };
}

/** What a taker of the default costs gets at a price: half a spread of 1 bp, 1 bp of slippage. */
function taken(price: number, side: 'buy' | 'sell'): string {
  const tenths = Number((price * 10 * (side === 'buy' ? 1.000_15 : 0.999_85)).toFixed(6));
  return (Math[side === 'buy' ? 'ceil' : 'floor'](tenths) / 10).toFixed(1);
}

test('an entry that filled as a backtest would is the same, another has its figures', async () => {
  const [enter, leave] =
    signal.direction === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const);
  const price = taken(next.open, enter);
  expect(await runWith({ role: 'entry', price })).toMatchObject({
    ...{ ok: true, differences: [] },
    data: { verdict: 'same', fills: { compared: 1, equal: 1, unknown: 0 } },
  });
  expect(await runWith({ role: 'close', price: taken(next.open, leave) })).toMatchObject({
    data: { verdict: 'same', fills: { compared: 1, equal: 1 } },
  });
  const other = await runWith({ role: 'entry', price: next.open.toFixed(1) });
  expect(other).toMatchObject({
    ...{ ok: true, data: { verdict: 'explained', explained: { fill: 1 } } },
    differences: [
      { what: 'fill', signalId: signal.id, again: expect.stringContaining(`at ${price}`) },
    ],
    cause: { code: 'fill', detail: expect.stringMatching(/^filled -?1\.\d+ bp .* 200 ms after/) },
  });
  expect(await runWith({ role: 'entry', price, quantity: '0.001' })).toMatchObject({
    differences: [{ live: expect.stringMatching(/^entry 0\.001 at/), cause: { code: 'fill' } }],
  });
});

test('stop and target are held against their levels; a price that nobody had has no cause', async () => {
  const side = signal.direction === 'long' ? 'sell' : 'buy';
  const isLong = side === 'sell';
  // Within the minute, so that its open is not beyond it.
  const level = (isLong ? next.low : next.high).toFixed(1);
  const stop = await runWith({ role: 'stop', level, price: taken(Number(level), side) });
  expect(stop).toMatchObject({ differences: [], data: { fills: { equal: 1 } } });
  const passed = (isLong ? next.open + 5 : next.open - 5).toFixed(1);
  const beyond = await runWith({ role: 'stop', level: passed, price: taken(next.open, side) });
  expect(beyond, 'the minute opens beyond it').toMatchObject({ data: { fills: { equal: 1 } } });
  const target = await runWith({ role: 'target', level, price: level });
  expect(target).toMatchObject({ data: { fills: { equal: 1 } } });
  const odd = (isLong ? next.low * 0.98 : next.high * 1.02).toFixed(1);
  expect(await runWith({ role: 'stop', level, price: odd })).toMatchObject({
    ...{ ok: false, data: { verdict: 'different' }, differences: [{ what: 'fill', cause: null }] },
  });
});

test('what fills on another day is a matter of that day', async () => {
  const afterMs = 1_440 * MINUTE;
  for (const away of [afterMs, -afterMs]) {
    const found = await runWith({ role: 'entry', price: next.open.toFixed(1), afterMs: away });
    expect(found.data).toMatchObject({ fills: { compared: 0, unknown: 0 } });
  }
});

test('where no bar is stored nothing is compared', async () => {
  const { owner } = day.stores;
  const around = `BETWEEN ${signal.barOpenTime} AND ${signal.barOpenTime + 62 * MINUTE}`;
  await owner.execute(`UPDATE bars SET timeframe = 'x' WHERE open_time ${around}`);
  const found = await runWith({ role: 'entry', price: next.open.toFixed(1) });
  expect(found.data).toMatchObject({ fills: { compared: 0, equal: 0, unknown: 1 } });
});
