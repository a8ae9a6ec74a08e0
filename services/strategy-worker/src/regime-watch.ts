import { type Database, recentBars, type RegimePoint, saveRegime } from '@ballast/db';
import { type Bar, TIMEFRAME_MS } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { BITCOIN, numericBar, REGIME_VERSION, regimeModel } from '@ballast/strategies';
import { lookRegularly } from './look-regularly.ts';

const TIMEFRAME = '4h';
const BAR_MS = TIMEFRAME_MS[TIMEFRAME];
const LOOK_EVERY_MS = 60_000;
/** Beside the warm-up, for a rule that remembers which side it is on: a month. */
const MEMORY_BARS = 180;

type Context = { readonly db: Database; readonly log: Logger; readonly now: () => number };

/**
 * Stores what the newest closed bar of bitcoin says of the regime, once. Where bars are missing
 * nothing is said: what the rule remembers would not be so.
 * @returns whether there are bars enough to say it
 */
export async function noteRegime({ db, now }: Omit<Context, 'log'>): Promise<boolean> {
  const model = regimeModel({ timeframe: TIMEFRAME });
  const wanted = model.warmUp + MEMORY_BARS;
  const at = now();
  // The newest may not have closed yet.
  const stored = await recentBars(db, BITCOIN, TIMEFRAME, wanted + 1);
  const bars = stored.filter(({ openTime }) => openTime + BAR_MS <= at).slice(-wanted);
  const newest = bars.at(-1);
  if (newest === undefined || bars.length < wanted || !isUnbroken(bars)) return false;
  if (newest.openTime + 2 * BAR_MS <= at) return false;
  const state = new Float64Array(model.size);
  model.start(state, 0);
  let said = NaN;
  for (const bar of bars) {
    const { high, low, close } = numericBar(bar);
    said = model.step(state, 0, high, low, close);
  }
  const regime = REGIMES.find((one) => one === said);
  if (regime === undefined) return false;
  const inputs = Object.fromEntries(
    Object.entries(model.offsets).map(([name, offset]) => [name, state[offset] ?? NaN]),
  );
  const point = { instrument: BITCOIN, at: newest.openTime, knownAt: at, version: REGIME_VERSION };
  await saveRegime(db, { ...point, regime, inputs });
  return true;
}

const REGIMES: readonly RegimePoint['regime'][] = [-2, -1, 0, 1, 2];

function isUnbroken(bars: readonly Bar[]): boolean {
  return bars.every(({ openTime }, index) => {
    const before = bars[index - 1];
    return before === undefined || openTime === before.openTime + BAR_MS;
  });
}

/** Looks at once and then regularly; a failed look is logged, and the next one sees the same. */
export function followRegime({ log, ...context }: Context): { stop(): Promise<void> } {
  let lacked = false;
  const look = async (): Promise<void> => {
    const lacks = !(await noteRegime(context));
    if (lacks && !lacked) {
      const what = { code: 'REGIME_UNKNOWN', instrument: BITCOIN, timeframe: TIMEFRAME };
      log.warn(what, 'too few bars of bitcoin without a gap: gates that need its regime refuse');
    }
    lacked = lacks;
  };
  return lookRegularly(LOOK_EVERY_MS, look, (error) => {
    log.error({ err: error }, 'the regime was not looked at');
  });
}
