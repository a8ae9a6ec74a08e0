import { step, type TradeInput } from '@ballast/order-core';
import { expect, test } from 'vitest';
import { openCommand, openedTrade } from '../test/gateway.fixture.ts';
import type { Work } from './journal/work.ts';
import { startTradeClock } from './trade-clock.ts';

const DAY_MS = 86_400_000;
/** The system's timers fire at once beyond it. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** A limit order that rests at the venue and that is wanted until `expiresAt`. */
function restingEntry(expiresAt: number, at: number) {
  const entry = { type: 'limit', price: '49000', timeInForce: 'gtc', postOnly: false } as const;
  const plan = { entry, stop: '48000', entryExpiresAt: expiresAt };
  const trade = openedTrade(openCommand({ plan }));
  const [order] = Object.values(trade.orders);
  if (order === undefined) throw new Error('a trade without an entry');
  const { clientOrderId } = order.request;
  const accepted = { type: 'submitAccepted', at, clientOrderId, venueOrderId: 'v-1' } as const;
  return step(trade, accepted).trade;
}

test('an entry wanted for longer than a timer can wait is looked at in between', async () => {
  const start = Date.now();
  const expiresAt = start + 40 * DAY_MS;
  const trade = restingEntry(expiresAt, start);
  const told: TradeInput[] = [];
  const timers: { readonly ms: number; readonly act: () => void }[] = [];
  let now = start;
  const clock = startTradeClock(
    {
      book: { trades: new Map([[trade.id, trade]]) },
      onCommit: () => undefined,
      async write(work: Work) {
        if (work.type === 'input') told.push(work.input);
      },
    },
    {
      now: () => now,
      after(ms, act) {
        timers.push({ ms, act });
        return () => undefined;
      },
    },
  );
  for (let count = 0; told.length === 0 && count < 100; count += 1) {
    const timer = timers.shift();
    expect(timer?.ms).toBeLessThanOrEqual(TIMER_MAX_MS);
    now += timer?.ms ?? 0;
    timer?.act();
  }
  clock.stop();
  expect(told).toEqual([{ type: 'clock', at: expiresAt }]);
});
