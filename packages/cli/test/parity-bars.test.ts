import { barGaps, dataJobs, openDatabase, strategyConfigurations } from '@ballast/db';
import type { Signal } from '@ballast/domain';
import { numericBar, type Opinion, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiveDay, one } from './live-day.fixture.ts';
import { BTC, DAY, id, MINUTE, wave } from './parity-day.fixture.ts';

let day: LiveDay;
let owner: LiveDay['stores']['owner'];
let first: Signal;
let last: Signal;

beforeAll(async () => {
  day = await LiveDay.open();
  ({ owner } = day.stores);
  first = one(day.said.get('momentum'), 0);
  last = one(day.asking, -1);
});
afterAll(() => day.close());

const before = (signal: Signal, bars: number): string =>
  `WHERE open_time = ${signal.barOpenTime - bars * MINUTE}`;

/** The store says `by` more of a bar from now on. */
const moved = (by: number, at: string): string =>
  `UPDATE bars SET state = 'corrected', close = close + ${by}, high = high + ${Math.abs(by)} ${at}`;

/** @param by what of the recorded word is other than live has said */
const tampered = (signal: Signal, by: number): string => {
  const level = JSON.stringify({ ...signal.level, stop: signal.level.stop + by });
  return `UPDATE signals SET level = '${level}' WHERE id = '${signal.id}'`;
};

async function causesWith(change: string, back: string) {
  const { ok, data, differences } = await day.changed(
    change,
    `${back}; DELETE FROM bar_corrections`,
  );
  return { ok, data, differences, codes: new Set(differences.map(({ cause }) => cause?.code)) };
}

test('a correction is a cause where the bar as it was gives what live has said', async () => {
  const at = before(first, 30);
  const back = `UPDATE bars SET state = 'closed', close = close - 100, high = high - 100 ${at}`;
  const found = await causesWith(moved(100, at), back);
  expect(found).toMatchObject({ ok: true, data: { verdict: 'explained' } });
  expect(found.codes).toEqual(new Set(['dataCorrection']));
  const both = await causesWith(
    `${moved(100, at)}; ${tampered(first, -1)}`,
    `${back}; ${tampered(first, 0)}`,
  );
  expect(both).toMatchObject({ ok: false, data: { verdict: 'different', unexplained: 1 } });
});

test('a correction counts from when it was known to who decides', async () => {
  const at = before(first, 30);
  const closed = first.barOpenTime - 29 * MINUTE;
  const back = `UPDATE bars SET state = 'closed', close = close - 100, high = high - 100 ${at}`;
  const replaced = (replacedAt: number): Promise<{ ok: boolean; codes: Set<string | undefined> }> =>
    causesWith(`${moved(100, at)}; UPDATE bar_corrections SET replaced_at = ${replacedAt}`, back);
  const heardBefore = await replaced(closed + 5_000);
  expect(heardBefore.codes, 'a worker that runs keeps what it has heard').toEqual(
    new Set(['dataCorrection']),
  );
  const never = await replaced(closed - 1);
  expect(never, 'nobody was told anything else').toMatchObject({ ok: false });
  expect(never.codes).toEqual(new Set([undefined]));
  await day.heard(closed + 2 * MINUTE);
  const sinceStart = await replaced(closed + MINUTE);
  await day.heard(first.barOpenTime - 1_500 * MINUTE);
  expect(sinceStart.codes, 'it has started after that').toEqual(new Set([undefined]));
});

test('of two corrections a worker may have known the first alone', async () => {
  const [known, unknown] = [before(first, 30), before(first, 20)];
  const since = first.decidedAt - 3_000;
  const back = `UPDATE bars SET state = 'closed', close = close - 100, high = high - 100 ${unknown}`;
  const found = await causesWith(
    // The first one said another number until it was corrected to that of live.
    `${moved(100, known)}; DELETE FROM bar_corrections;
     UPDATE bars SET state = 'closed', close = close - 100, high = high - 100 ${known};
     UPDATE bar_corrections SET replaced_at = ${since};
     ${moved(100, unknown)};
     UPDATE bar_corrections SET replaced_at = ${since + 1_000} ${unknown}`,
    back,
  );
  const mine = found.differences.filter(({ signalId }) => signalId === first.id);
  expect(mine).toMatchObject([{ cause: { code: 'dataCorrection' } }]);
});

test('of a correction whose numbers are not kept nobody can say, while it is remembered', async () => {
  const { warmUp } = startRun(strategyNamed('momentum'));
  const corrected = async (barsBefore: number) => {
    const at = before(first, barsBefore);
    const found = await causesWith(
      `${tampered(first, -1)}; UPDATE bars SET state = 'corrected' ${at}`,
      `${tampered(first, 0)}; UPDATE bars SET state = 'closed' ${at}`,
    );
    return found.differences[0]?.cause;
  };
  expect(6 * warmUp + 1).toBeLessThan(1_000);
  expect(await corrected(6 * warmUp)).toMatchObject({
    code: 'notKept',
    detail: expect.stringMatching(/^of 1 corrected bars, from 2026-06-0/),
  });
  expect(await corrected(6 * warmUp + 1)).toBeNull();
});

test('a bar that came after the decision is a cause where live cannot have spoken without it', async () => {
  const openTime = last.barOpenTime - 5 * MINUTE;
  const at = before(last, 5);
  const of = { instrument: BTC.id, timeframe: '1m', fromTime: openTime };
  const marketData = openDatabase(day.stores.database.urls['market-data'], { max: 1 });
  await owner.execute(`UPDATE bars SET state = 'backfilled' ${at}`);
  const tamper = await causesWith(tampered(last, -1), tampered(last, 0));
  expect(tamper.codes, 'nothing is noted').toEqual(new Set([undefined]));
  await owner.execute(`DELETE FROM signals WHERE id = '${last.id}'`);
  const own = async () => (await day.run()).differences.map(({ cause }) => cause?.code);
  expect(await own(), 'nothing says when it came').toEqual([undefined]);

  const gap = { ...of, toTime: openTime, bars: 1, foundAt: openTime, outcome: 'filled' };
  await marketData.insert(barGaps).values({ ...gap, endedAt: openTime + 2 * MINUTE });
  expect(await own(), 'it was there when the next one closed').toEqual([undefined]);
  await owner.execute(`UPDATE bar_gaps SET ended_at = ended_at + 1`);
  expect(await own(), 'the worker had begun anew after the hole').toEqual(['dataCorrection']);
  await owner.execute(`UPDATE bar_gaps SET ended_at = ${last.decidedAt + 1}`);
  expect(await own()).toEqual(['dataCorrection']);
  await day.askedAgain(last);
  const spoken = await causesWith(tampered(last, -1), tampered(last, 0));
  expect(spoken.codes, 'without it nothing could be said').toEqual(new Set([undefined]));
  await owner.execute(`DELETE FROM signals WHERE id = '${last.id}'; DELETE FROM bar_gaps`);

  const job = { ...of, id: id(), kind: 'backfill', origin: 'manual', toTime: openTime + MINUTE };
  const done = { input: {}, status: 'done', doneUntil: job.toTime, barsExpected: 1, barsStored: 1 };
  const by = { attempts: 1, actor: 'operator', reason: 'test', createdAt: openTime };
  const ended = { startedAt: openTime, updatedAt: openTime, endedAt: last.decidedAt + 1 };
  await marketData.insert(dataJobs).values({ ...job, ...done, ...by, ...ended });
  expect(await own()).toEqual(['dataCorrection']);
  await owner.execute(`UPDATE data_jobs SET bars_stored = 0`);
  expect(await own(), 'the job has stored nothing').toEqual([undefined]);
  await marketData.close();
});

test('of a stretch of a job bars may have been there before: it is tried with them too', async () => {
  const { warmUp } = startRun(strategyNamed('momentum'));
  const late = last.barOpenTime - (warmUp + 5) * MINUTE;
  const run = startRun(strategyNamed('momentum'));
  let said: Opinion | null = null;
  for (const bar of wave()) {
    if (bar.openTime <= late || bar.openTime > last.barOpenTime) continue;
    said = run.step(numericBar(bar));
  }
  // What a worker says that has begun anew after the late bar.
  const told = `level = '${JSON.stringify(said?.level)}', inputs = '${JSON.stringify(said?.inputs)}'`;
  await day.askedAgain(last);
  await owner.execute(`UPDATE signals SET ${told} WHERE id = '${last.id}'`);
  await owner.execute(`UPDATE bars SET state = 'backfilled' WHERE open_time = ${late}`);
  const own = async () => {
    const { differences } = await day.run();
    return differences.find(({ signalId }) => signalId === last.id)?.cause?.code;
  };
  expect(await own()).toBeUndefined();
  const of = { instrument: BTC.id, timeframe: '1m' };
  const marketData = openDatabase(day.stores.database.urls['market-data'], { max: 1 });
  const endedAt = last.decidedAt + 1;
  const gap = { ...of, fromTime: late, toTime: late, bars: 1, foundAt: late, outcome: 'filled' };
  await marketData.insert(barGaps).values({ ...gap, endedAt });
  expect(await own()).toBe('dataCorrection');
  const fromTime = last.barOpenTime - 5 * MINUTE;
  const job = { ...of, fromTime, id: id(), kind: 'backfill', origin: 'manual' };
  const toTime = fromTime + MINUTE;
  const done = { input: {}, status: 'done', toTime, doneUntil: toTime, barsExpected: 1 };
  const by = { attempts: 1, actor: 'operator', reason: 'test', createdAt: fromTime, barsStored: 1 };
  await marketData.insert(dataJobs).values({
    ...{ ...job, ...done, ...by, startedAt: fromTime, updatedAt: fromTime, endedAt },
  });
  await marketData.close();
  expect(await own()).toBe('dataCorrection');
  await day.askedAgain(last);
});

test('parameters that changed just then are a cause where one of both says what is recorded', async () => {
  const signal = one(day.said.get('momentum'), -1);
  const closed = signal.barOpenTime + MINUTE;
  const supervisor = openDatabase(day.stores.database.urls.supervisor, { max: 1 });
  await supervisor.insert(strategyConfigurations).values({
    ...{ id: id(), strategy: 'momentum', parameters: { stopRanges: 3 } },
    ...{ setAt: DAY, effectiveFrom: closed - 1_000, actor: 'operator', reason: 'test' },
  });
  await supervisor.close();
  const own = async () => {
    const { differences } = await day.run();
    return differences.find(({ signalId }) => signalId === signal.id);
  };
  expect(await own()).toMatchObject({ what: 'signal', cause: { code: 'latency' } });
  await owner.execute(tampered(signal, -1));
  expect(await own()).toMatchObject({ what: 'signal', cause: null });
});
