import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowOf } from '../sweep/try-combination.ts';
import { combinationsOf } from '../sweep/vary.ts';
import type { Trial } from '../trial.ts';
import { onBars, trialOf, type Walk, walkedRows, writeBars } from '../walked-bars.fixture.ts';
import { judgePromotion, type Promotion } from './promote.ts';

const BARS = Number(process.env['NOISE_BARS'] ?? 1_000);
/** Of which fewer than 5 % may be let through. */
const MARKETS = Number(process.env['NOISE_MARKETS'] ?? 24);
const VARIED = ['fastPeriod=3,5,8', 'slowPeriod=12,20', 'short=true'];

let folder: string;
let trial: Trial;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-noise-'));
  const path = join(folder, 'NOISEUSDT_1h.csv');
  writeBars(path, walkedRows({ seed: 'any', bars: 100 }));
  trial = await trialOf(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As an operator would: every combination through the whole engine, and the best of them. */
function promotionOn(walk: Walk): Promotion {
  const { setting, space } = { setting: walk.seed, space: 'all' };
  const market = onBars(trial, walkedRows(walk));
  const rows = combinationsOf(VARIED).flatMap((parameters, index) => {
    const row = rowOf(market, { index, parameters });
    return row.ok ? [{ parameters, entered: row.entered, returns: row.returns }] : [];
  });
  const judged = { name: walk.seed, strategy: 'sma-cross', setting, space, rows };
  return judgePromotion({ judged, others: [], walkForward: null });
}

test('of prices that walk at random, without any cost, fewer than 5 % are let through', () => {
  const all = Array.from({ length: MARKETS }, (_, at) =>
    promotionOn({ seed: `n${at}`, bars: BARS }),
  );
  const failed = Map.groupBy(
    all.flatMap(({ failing }) => failing),
    ({ check }) => check,
  );
  const passed = all.filter(({ ok }) => ok).length;
  const alone = [...failed].map(([check, { length }]) => `${check} ${MARKETS - length}`).join(', ');
  console.log(`promote: ${passed} of ${MARKETS} on noise; passed each alone: ${alone}`);
  const scarce = failed.get('trades')?.length ?? 0;
  expect(scarce / MARKETS, 'hardly ever for want of trades').toBeLessThan(0.1);
  expect(passed / MARKETS).toBeLessThan(0.05);
}, 3_600_000);

test('where trends go on, the cross is let through with what to do next', () => {
  const promotion = promotionOn({ seed: 'trend', bars: 2_400, memory: 0.8 });
  expect(promotion.failing).toEqual([]);
  expect(promotion).toMatchObject({ ok: true, trials: 6, outOfSampleFrom: 'rows' });
  expect(promotion.next).toEqual([
    expect.stringMatching(/^ballast strategy parameters sma-cross --set fastPeriod=\d+ --set .*/),
    expect.stringMatching(
      /^ballast strategy sma-cross --sell on --reason "promoted: deflated .*"$/,
    ),
    expect.stringMatching(/^ballast strategy sma-cross --buy on --reason "promoted: deflated .*"$/),
  ]);
});
