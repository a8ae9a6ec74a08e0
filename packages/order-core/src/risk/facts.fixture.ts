import {
  type Money,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseScaled,
  parseUuid,
  type Quote,
  type SignalId,
  type TradeId,
  type TradePlan,
} from '@ballast/domain';
import { capabilitiesOf, INSTRUMENT, planOf } from '../sample-trade.fixture.ts';
import { assess, type RuleCode, type RuleVerdict } from './assess.ts';
import type { OpenExposure, RiskFacts, TradingHistory } from './facts.ts';
import { DEFAULT_RISK_LIMITS } from './limits.ts';

export const NOW = 1_700_000_000_000;
export const OTHER_TRADE = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000002');
const SIGNAL = parseUuid<SignalId>('01936c1e-0000-7000-8000-000000000003');

export const quote: Quote = {
  instrument: INSTRUMENT.id,
  source: 'bybit',
  bid: '99.9',
  bidQuantity: '1',
  ask: '100.1',
  askQuantity: '1',
  last: '100',
  eventTime: NOW,
  receivedTime: NOW,
};
export const usdt = (text: string): Money => parseMoney(text, 'USDT');
const NO_HISTORY: TradingHistory = { realisedToday: [], results: [], recentPlans: [] };
export const venue = {
  capabilities: capabilitiesOf('reduceOnly'),
  quietWindow: null,
};

/** Facts by which a plan of notional 1,000 and 100 at risk is far from each limit. */
export const facts: RiskFacts = {
  now: NOW,
  limits: DEFAULT_RISK_LIMITS,
  instrument: {
    ...INSTRUMENT,
    maxQuantity: parseQuantity('50'),
    minNotional: parseScaled('500'),
  },
  quote,
  brake: 'released',
  frozen: null,
  openTrades: [],
  unattributed: [],
  balance: { equity: usdt('100000'), available: usdt('100000') },
  venue,
  coverage: null,
  history: NO_HISTORY,
};
export const plan = planOf({});
export const short = planOf({ direction: 'short' });
export const byStrategy = (strategy: string): Partial<TradePlan> => ({
  origin: { kind: 'signal', signalId: SIGNAL, strategy },
});
export const stopEntry = (trigger: string): Partial<TradePlan> => ({
  entry: { type: 'stop', triggerPrice: parsePrice(trigger) },
});

export function openTradeOf(notional: string, change: Partial<OpenExposure> = {}): OpenExposure {
  const { id: instrument, sector } = INSTRUMENT;
  const exposure = { tradeId: OTHER_TRADE, instrument, sector, strategy: null };
  return { ...exposure, notional: usdt(notional), ...change };
}

export const instrumentWith = (change: object): Partial<RiskFacts> => ({
  instrument: { ...INSTRUMENT, ...change },
});
export const historyWith = (change: Partial<TradingHistory>): Partial<RiskFacts> => ({
  history: { ...NO_HISTORY, ...change },
});
export const venueWith = (
  change: Partial<NonNullable<RiskFacts['venue']>>,
): Partial<RiskFacts> => ({
  venue: { ...venue, ...change },
});

type Changes = { plan?: Partial<TradePlan>; facts?: Partial<RiskFacts> };

/** One rule's verdict on the sample plan with these changes, through the rules' one door. */
export function verdictOf(rule: RuleCode, changes: Changes): RuleVerdict {
  const verdicts = assess({ ...plan, ...changes.plan }, { ...facts, ...changes.facts });
  const verdict = verdicts.find((one) => one.rule === rule);
  if (verdict === undefined) throw new Error(`no verdict by ${rule}`);
  return verdict;
}

export const outcomeOf = (rule: RuleCode, changes: Changes): 'pass' | 'deny' =>
  verdictOf(rule, changes).outcome;
