import {
  type Database,
  loadInstruments,
  strategyParametersInForce,
  systemSettingsInForce,
} from '@ballast/db';
import {
  BACKTEST_DEFAULTS,
  type CommandOf,
  InvalidInput,
  parseScaled,
  TIMEFRAME_MS,
} from '@ballast/domain';
import {
  gateConfiguration,
  gateLimits,
  type Strategy,
  strategyNamed,
  withSettings,
} from '@ballast/strategies';
import { z } from 'zod';
import { checkCount, countOf, variedOf } from '../sweep/vary.ts';
import type { StoredRequest } from './stored-request.ts';

type Asked = CommandOf<'startBacktest'>['body'] | CommandOf<'startSweep'>['body'];

/** The newest bars come late, or are made anew when a minute does. */
export const SETTLING_MS = 900_000;

/**
 * A request with the configuration in force at `asOf` (epoch ms) where none was given, checked as
 * far as it can be without its bars.
 * @throws InvalidInput STRATEGY_UNKNOWN, PARAMETERS_INVALID, GATE_LIMITS_INVALID, RANGE_EMPTY,
 * FINER_TIMEFRAME, INSTRUMENT_UNKNOWN, INSTRUMENT_TWICE, CASH, USAGE for what varies
 */
export async function makeRequest(
  db: Database,
  asked: Asked,
  asOf: number,
): Promise<StoredRequest> {
  const strategy = strategyNamed(asked.strategy);
  const row =
    asked.parameters === undefined
      ? await strategyParametersInForce(db, strategy.name, asOf)
      : null;
  const given = asked.parameters ?? row?.parameters ?? {};
  const limits = await limitsOf(db, asked.gates ?? {}, asOf);
  await checkInstruments(db, asked.instruments);
  const { instruments, timeframe, finer = null, volume = null } = asked;
  const shared = { strategy: strategy.name, instruments, timeframe, finer, volume };
  return {
    ...{ ...shared, ...stretchOf(asked, asOf), ...accountOf(asked), gates: limits.gates },
    ...('vary' in asked
      ? { ...variedBy(asked), parameters: { ...given } }
      : { parameters: wholeParameters(strategy, given) }),
    inForce: { asOf, parameters: row?.id ?? null, settings: limits.settings },
  };
}

/** With the defaults written out. A combination of a sweep is only whole with what varies. */
function wholeParameters(strategy: Strategy, given: unknown): Record<string, unknown> {
  strategy.model(given);
  return z.record(z.string(), z.unknown()).parse(strategy.parameters.parse(given));
}

function accountOf(asked: Asked) {
  const { cash = BACKTEST_DEFAULTS.cash } = asked;
  if (parseScaled(cash) === 0n) {
    throw new InvalidInput('CASH', 'the account needs some cash to trade with');
  }
  return {
    ...{ cash, makerFee: asked.makerFee ?? BACKTEST_DEFAULTS.makerFee },
    ...{
      takerFee: asked.takerFee ?? BACKTEST_DEFAULTS.takerFee,
      spread: asked.spread ?? BACKTEST_DEFAULTS.spread,
    },
    ...{
      slippage: asked.slippage ?? BACKTEST_DEFAULTS.slippage,
      risk: asked.risk ?? BACKTEST_DEFAULTS.risk,
    },
    notional: asked.notional ?? BACKTEST_DEFAULTS.notional,
  };
}

/** Given limits go before what is set, and that before the defaults. */
async function limitsOf(db: Database, given: Readonly<Record<string, unknown>>, asOf: number) {
  const { all } = await systemSettingsInForce(db, asOf);
  const set = withSettings(gateConfiguration(), all);
  const { limits } = gateConfiguration({ ...set.limits, ...given });
  const settings = Object.entries(set.settings).filter(([name]) => !(name in given));
  return { gates: gateLimits.parse(limits), settings: Object.fromEntries(settings) };
}

/** Of bars that have closed for good alone: what closes while it waits changes nothing. */
function stretchOf({ from, to, timeframe, finer }: Asked, asOf: number) {
  const end = Math.min(to, asOf - SETTLING_MS - TIMEFRAME_MS[timeframe] + 1);
  if (from >= end) {
    const iso = (at: number): string => new Date(at).toISOString();
    const detail = `no ${timeframe} bar from ${iso(from)} to ${iso(to)} has closed for a quarter of an hour`;
    throw new InvalidInput('RANGE_EMPTY', `${detail}: --from must lie before --to`);
  }
  if (finer !== undefined && TIMEFRAME_MS[finer] >= TIMEFRAME_MS[timeframe]) {
    throw new InvalidInput('FINER_TIMEFRAME', `bars of ${finer} are not finer than ${timeframe}`);
  }
  return { from, to: end };
}

/** A word that cannot vary is told of before anything runs. */
function variedBy({ vary, walkForward }: CommandOf<'startSweep'>['body']) {
  const varied = variedOf(vary);
  if (walkForward === undefined) return { vary: [...vary] };
  checkCount(countOf(varied) * walkForward.windows);
  return { vary: [...vary], walkForward };
}

async function checkInstruments(db: Database, ids: Asked['instruments']): Promise<void> {
  const known = new Set((await loadInstruments(db)).map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) {
    const detail = `${unknown} is not stored: add it with ballast universe add`;
    throw new InvalidInput('INSTRUMENT_UNKNOWN', detail);
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new InvalidInput('INSTRUMENT_TWICE', `${twice} is named twice`);
}
