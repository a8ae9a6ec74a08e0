import { afterAll, beforeAll, expect, test } from 'vitest';
import { parity } from '../src/commands/parity.ts';
import type { Platform } from '../src/platform.ts';
import { LiveDay, one, TERMS } from './live-day.fixture.ts';
import { DAY, id, MINUTE } from './parity-day.fixture.ts';

let day: LiveDay;
let platform: Pick<Platform, 'db' | 'bus' | 'access'>;
let owner: LiveDay['stores']['owner'];
let said: LiveDay['said'];
let asking: LiveDay['asking'];

beforeAll(async () => {
  day = await LiveDay.open();
  ({ said, asking } = day);
  ({ platform, owner } = day.stores);
});
afterAll(() => day.close());

test('a day that is replayed decides the same: words, gates, configuration of its hour, sizes', async () => {
  const all = [...said.values()].flat();
  expect(all.length).toBeGreaterThan(20);
  expect(asking.length).toBeGreaterThan(3);
  expect(await day.run()).toMatchObject({
    ok: true,
    data: {
      ...{ signals: all.length, equal: all.length, replayed: all.length, unexplained: 0 },
      ...{ asked: asking.length, compared: all.length, explained: {}, differences: [] },
      verdict: 'same',
    },
  });
  await expect(parity(platform, '2026-06-31', TERMS)).rejects.toMatchObject({
    code: 'DAY_MALFORMED',
  });
});

test('a day of which nothing could be compared says so, and is no fault', async () => {
  const lines = [
    expect.stringMatching(/^2026-05-01: nothing to compare, and nothing shown/),
    ...[expect.anything(), expect.anything(), expect.anything()],
  ];
  const empty = await parity(platform, '2026-05-01', TERMS);
  expect(empty).toMatchObject({
    ok: true,
    data: { verdict: 'nothing to compare', compared: 0, signals: 0 },
    lines,
  });
  const count = [...said.values()].flat().length;
  const { lines: told } = await parity(platform, '2026-06-02', TERMS);
  expect(told[0]).toBe(`2026-06-02: ${count} decisions compared`);
});

test('what live has decided otherwise is found, and is without a cause', async () => {
  const first = one(said.get('momentum'), 0);
  const level = JSON.stringify({ ...first.level, stop: first.level.stop - 1 });
  const set = (json: string) => `UPDATE signals SET level = '${json}' WHERE id = '${first.id}'`;
  const word = await day.changed(set(level), set(JSON.stringify(first.level)));
  expect(word).toMatchObject({
    ok: false,
    data: { verdict: 'different' },
    differences: [{ what: 'signal', cause: null }],
  });
  const of = `WHERE signal_id = '${first.id}'`;
  const input = await day.changed(
    `UPDATE blocked_signals SET input = input || ' 7' ${of}`,
    `UPDATE blocked_signals SET input = replace(input, ' 7', '') ${of}`,
  );
  expect(input).toMatchObject({ ok: false, differences: [{ what: 'gate', cause: null }] });
  const gate = await day.changed(
    `UPDATE blocked_signals SET gate = 'spread', input = 'wide' ${of}`,
    `UPDATE blocked_signals SET gate = 'switch', input = 'no switch was ever set for momentum' ${of}`,
  );
  expect(gate, 'the switch is asked before the spread').toMatchObject({
    ok: false,
    differences: [
      { what: 'gate', live: 'spread: wide; wants buy switch on; regime bull', cause: null },
    ],
  });
  const other = await parity(platform, '2026-06-02', { ...TERMS, gates: { cooldownMs: 0 } });
  expect(other, 'a worker with another limit').toMatchObject({
    ok: false,
    data: { differences: [{ what: 'gate', again: 'asks' }, { again: 'asks' }, { again: 'asks' }] },
  });
});

test('a word that live has not said is found; it has a cause where nobody heard the bar', async () => {
  const [last, count] = [one(asking, -1), [...said.values()].flat().length];
  await owner.execute(`DELETE FROM signals WHERE id = '${last.id}'`);
  const missed = await day.run();
  expect(missed).toMatchObject({
    ...{ ok: false, data: { compared: count } },
    differences: [{ what: 'signal', signalId: null, live: 'nothing', cause: null }],
  });
  await day.heard(last.decidedAt + MINUTE);
  const later = await day.run();
  expect(later).toMatchObject({
    ok: true,
    data: { compared: count - 1, explained: { notRunning: 1 }, verdict: 'same' },
  });
  await day.heard(DAY - MINUTE);
  await day.askedAgain(last);
  expect(await day.run()).toMatchObject({ ok: true });
});

test('a block by what is not kept is explained where the limit that it names was in force', async () => {
  const blocked = async (gate: string, input: string, threshold: string, settingsId = 'NULL') => {
    const last = one(asking, -1);
    const { id: signalId, decidedAt } = last;
    const values = `'${signalId}', '${gate}', '${input}', '${threshold}', ${settingsId}, 'bull'`;
    const found = await day.changed(
      `WITH untold AS (UPDATE signals SET trade_id = NULL, command_id = NULL
         WHERE id = '${signalId}')
       INSERT INTO blocked_signals (signal_id, gate, input, threshold, settings_id, regime,
         blocked_at) VALUES (${values}, ${decidedAt})`,
      `DELETE FROM blocked_signals WHERE signal_id = '${signalId}'`,
    );
    await day.askedAgain(last);
    return found.differences.map(({ cause }) => cause?.code);
  };
  const spread = 'spread of at most';
  expect(await blocked('spread', 'spread of 0.2 %', `${spread} 0.1 %`)).toEqual(['latency']);
  expect(await blocked('spread', 'spread of 0.2 %', `${spread} 0.05 %`)).toEqual([undefined]);
  const cases: [string, string, string, string | undefined][] = [
    ['staleness', 'quote 6000 ms old', 'quote at most 5000 ms old', 'latency'],
    ['staleness', 'quote 6000 ms old', 'quote at most 4000 ms old', undefined],
    ['staleness', 'bar closed 90001 ms ago', 'bar closed at most 90000 ms ago', undefined],
    ['exposure', 'the sector holds 31 %', 'the sector holds less than 30 %', 'notKept'],
    ['exposure', 'the sector holds 31 %', 'the sector holds less than 20 %', undefined],
    ['coverage', '1 bars missing', 'none missing in the last 120 min', 'dataCorrection'],
    ['coverage', '1 bars missing', 'none missing in the last 60 min', undefined],
    ['sizing', 'no price on the side of the entry', 'a price above zero', 'latency'],
    ['sizing', 'quantity 0 for risk', 'quantity at least 0.001', undefined],
    ['sizing', 'price 1', 'price between 1 and 2 (stop and target)', undefined],
  ];
  for (const [gate, input, threshold, cause] of cases) {
    expect(await blocked(gate, input, threshold), `${input}; ${threshold}`).toEqual([cause]);
  }
  const odd = `'${id()}'`;
  expect(await blocked('spread', 'spread of 0.2 %', `${spread} 0.1 %`, odd)).toEqual([undefined]);
});

test('another quantity is explained by a quote near the close, and by nothing else', async () => {
  const last = one(asking, -1);
  const again = async (moved: number, change = {}) => {
    await day.askedAgain(last, moved, change);
    return day.run();
  };
  expect(await again(300)).toMatchObject({
    ok: true,
    data: { explained: { latency: 1 }, verdict: 'explained' },
  });
  expect(await again(0, { quantity: '7' })).toMatchObject({
    ok: false,
    differences: [{ what: 'size', signalId: last.id, cause: null }],
  });
  await again(300);
  const price = last.level.entry + 30;
  const filled = await day.changed(
    `UPDATE trades SET entry_price = ${price} WHERE signal_id = '${last.id}'`,
    `UPDATE trades SET entry_price = NULL`,
  );
  expect(filled).toMatchObject({ ok: true, data: { explained: { fill: 1 } } });
  expect(await again(0)).toMatchObject({ ok: true, data: { explained: {} } });
  const more = (by: number) => `UPDATE orders SET quantity = quantity + ${by}`;
  expect(await day.changed(more(1), more(-1)), 'ordered what was not planned').toMatchObject({
    ok: false,
    differences: [{ what: 'size', live: expect.stringMatching(/^ordered /), cause: null }],
  });
});
