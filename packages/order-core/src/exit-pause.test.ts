import { type ClientOrderId, LEGS_MAX } from '@ballast/domain';
import { expect, test } from 'vitest';
import { dueAt } from './due.ts';
import { accepted, clock, filledEntry, incidents, run } from './input-samples.fixture.ts';
import { report, submitted } from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';

// A Tuesday, 17:13 in New York; the opening of the next day, and a second for its clock.
const STOCK = { ...INSTRUMENT, session: 'us-equity' } as const;
const OPENING = Date.UTC(2023, 10, 15, 14, 30) + 1_000;

function closed(clientOrderId: ClientOrderId, at = START): TradeInput {
  const reason = 'MARKET_CLOSED: Order rejected - reason:Exchange is closed.';
  return { type: 'submitRefused', at, clientOrderId, reason };
}

const entered = (): StepResult => run(opened(planOf({}), STOCK, 'reserved'), ...filledEntry());

test('a stop refused because the market is closed is sent again at the opening', () => {
  const bare = run(entered(), closed(idOf('stop')));
  expect(bare.trade).toMatchObject({ status: 'open', closing: null });
  expect(submitted(bare)).toEqual([]);
  expect(run(bare, clock(START + 5_000)).events, 'told all the same').toEqual([
    { type: 'protectionLost' },
  ]);
  const told = run(bare, clock(START + 5_000));
  expect(dueAt(told.trade)).toBe(OPENING);
  expect(submitted(run(told, clock(OPENING - 1)))).toEqual([]);
  const again = run(told, clock(OPENING));
  expect(submitted(again)).toMatchObject([{ clientOrderId: idOf('stop', 1), quantity: units(10) }]);
});

test('so is one refused after it was taken, a close, and a target', () => {
  const late = { ...report(idOf('stop'), 'rejected') };
  if (late.type !== 'report') throw new Error('no report');
  const reason = 'MARKET_CLOSED: later';
  const taken = run(entered(), accepted(idOf('stop')));
  const lost = run(taken, { ...late, report: { ...late.report, reason } });
  expect(lost.trade.closing).toBeNull();
  expect(submitted(run(lost, clock(OPENING)))).toMatchObject([{ role: 'stop' }]);

  const asked = run(
    lost,
    { type: 'closeRequested', at: START, reason: 'operator' },
    closed(idOf('close')),
  );
  expect(submitted(run(asked, clock(START + 3_600_000)))).toEqual([]);
  expect(submitted(run(asked, clock(OPENING)))).toMatchObject([{ role: 'close' }]);

  const resting = run(opened(planOf({}), STOCK), ...filledEntry(), accepted(idOf('stop')));
  const kept = run(resting, closed(idOf('target')));
  expect(incidents(kept.events)).toEqual([]);
  expect(submitted(run(kept, clock(OPENING)))).toMatchObject([{ role: 'target' }]);
});

test('a market that stays closed against the calendar uses up no attempts', () => {
  let result = run(entered(), closed(idOf('stop')));
  for (let attempt = 1; attempt <= 2 * LEGS_MAX; attempt += 1) {
    const at = Math.max(OPENING, ...Object.values(result.trade.orders).map((o) => o.createdAt));
    result = run(result, clock(at + 60_000), closed(idOf('stop', attempt), at + 60_000));
  }
  expect(result.trade).toMatchObject({ closing: null, status: 'open' });
  expect(Object.keys(result.trade.orders)).toHaveLength(2 * LEGS_MAX + 2);
});

test('an entry refused for the hour has ended, with the reason', () => {
  const { trade } = run(opened(planOf({}), STOCK), closed(idOf('entry')));
  expect(trade.status).toBe('cancelled');
  expect(trade.endReason).toMatch(/^ENTRY_REJECTED: MARKET_CLOSED: .*Exchange is closed/);
});
