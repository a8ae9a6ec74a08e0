import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FuzzTally, fuzzRound, fuzzTargets } from './index.ts';
import { fuzzRoute, type FuzzTarget } from './target.ts';

const RECORDED = join(import.meta.dirname, '../../../../../shared/data/frames');
const tally = (): FuzzTally => ({ frames: 0, events: 0, slowestFrameMs: 0, faults: {} });

test.each(fuzzTargets(RECORDED))('$name reads broken frames without harm', async (target) => {
  const counts = tally();
  expect(await fuzzRound(target, 1, 1, counts)).toBeNull();
  expect(counts.frames).toBe(2_000);
  expect(counts.events).toBeGreaterThan(50);
  expect(Object.keys(counts.faults).length).toBeGreaterThan(3);
});

test('the same seed breaks the same frames', async () => {
  const [target] = fuzzTargets('');
  if (target === undefined) throw new Error('no target');
  const run = async (seed: number): Promise<FuzzTally> => {
    const counts = tally();
    await fuzzRound(target, seed, 3, counts);
    return { ...counts, slowestFrameMs: 0 };
  };
  const first = await run(7);
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
});

const route = fuzzRoute('bybit', 'linear', 'BTCUSDT');
const samples = [Buffer.from('{"price":"1","nested":{"list":[1,2]}}')];
const target = (open: FuzzTarget['open']): FuzzTarget => ({
  name: 'bad',
  routes: [route],
  samples,
  open,
});

test('a parser that throws is found, with the frame', async () => {
  const finding = await fuzzRound(
    target(() => (frame) => {
      JSON.parse(frame.toString());
      return [];
    }),
    1,
    1,
    tally(),
  );
  expect(finding).toMatchObject({ target: 'bad', round: 1 });
  expect(finding?.what).toContain('SyntaxError');
  expect(() => JSON.parse(finding?.frame ?? '{}') as unknown).toThrow(SyntaxError);
});

test.each([
  ['price', { price: '1e5' }],
  ['price', { price: '0' }],
  ['quantity', { quantity: '' }],
  ['unknown instrument', { instrument: fuzzRoute('bybit', 'linear', 'X').instrument.id }],
  ['time', { eventTime: 1.5 }],
  ['id', { venueTradeId: '' }],
  ['id', { venueTradeId: 'a\tb' }],
])('a parser that tells a trade with a bad %s is found', async (reason, change) => {
  const trade = {
    instrument: route.instrument.id,
    source: 'bybit' as const,
    venueTradeId: '1',
    price: '1',
    quantity: '1',
    takerSide: null,
    eventTime: 1,
    receivedTime: 1,
    ...change,
  };
  const finding = await fuzzRound(
    target(() => () => [{ kind: 'trade', trade }]),
    1,
    1,
    tally(),
  );
  expect(finding?.what).toContain(`bad ${reason}`);
});
