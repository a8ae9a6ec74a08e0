import { InvalidInput, type StrategyName } from '@ballast/domain';
import { bounceScanner } from './bounce-scanner/bounce-scanner.ts';
import { btcSwing } from './btc-swing/btc-swing.ts';
import { btcTrendHybrid } from './btc-trend-hybrid/btc-trend-hybrid.ts';
import { btcTrendShort } from './btc-trend-short/btc-trend-short.ts';
import { growthPotential } from './growth-potential/growth-potential.ts';
import { meanReversionShort } from './mean-reversion-short/mean-reversion-short.ts';
import { meanReversion } from './mean-reversion/mean-reversion.ts';
import type { Strategy } from './model.ts';
import { momentumShort } from './momentum-short/momentum-short.ts';
import { momentum } from './momentum/momentum.ts';
import { rangeFade } from './range-fade/range-fade.ts';
import { smaCross } from './sma-cross/sma-cross.ts';
import { trendBreakdown } from './trend-breakdown/trend-breakdown.ts';

export const STRATEGY_BY_NAME: Readonly<Record<StrategyName, Strategy>> = {
  'growth-potential': growthPotential,
  momentum,
  'mean-reversion': meanReversion,
  'btc-trend-hybrid': btcTrendHybrid,
  'trend-breakdown': trendBreakdown,
  'momentum-short': momentumShort,
  'mean-reversion-short': meanReversionShort,
  'btc-trend-short': btcTrendShort,
  'range-fade': rangeFade,
  'btc-swing': btcSwing,
  'bounce-scanner': bounceScanner,
  'sma-cross': smaCross,
};

export const ALL_STRATEGIES: readonly Strategy[] = Object.values(STRATEGY_BY_NAME);

/** @throws InvalidInput STRATEGY_UNKNOWN */
export function strategyNamed(name: string): Strategy {
  const found = ALL_STRATEGIES.find((strategy) => strategy.name === name);
  if (found !== undefined) return found;
  const known = ALL_STRATEGIES.map((strategy) => strategy.name).join(', ');
  throw new InvalidInput('STRATEGY_UNKNOWN', `no strategy "${name}": ${known}`);
}
