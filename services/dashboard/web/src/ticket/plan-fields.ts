import {
  divideScaled,
  formatScaled,
  multiplyScaled,
  type OrderKind,
  parseScaled,
  type TakeProfit,
  type TimeInForce,
  type TradeDirection,
  type TrailingDistance,
} from '@ballast/domain';
import { scaledOrNull } from '../format/number.ts';

export type RiskUnit = 'money' | 'percent';
export type EntryType = OrderKind['type'];

/** The ticket as it is typed. Fields that its entry or its way out does not use are kept. */
export type PlanFields = {
  readonly direction: TradeDirection;
  readonly entryType: EntryType;
  /** Limit of a limit or stop-limit entry. */
  readonly entryPrice: string;
  /** Of a stop or stop-limit entry. */
  readonly triggerPrice: string;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  /** What has not been entered by then is not wanted any more; null: it waits. */
  readonly expiresInMinutes: number | null;
  readonly stop: string;
  readonly exitStyle: TakeProfit['style'];
  readonly target: string;
  readonly target2: string;
  readonly target3: string;
  readonly targetCount: 2 | 3;
  /** Percent of the quantity; the last target takes the rest. */
  readonly share1: string;
  readonly share2: string;
  readonly breakEvenAfterFirst: boolean;
  readonly trailBy: TrailingDistance['by'];
  readonly trailAmount: string;
  readonly trailPercent: string;
  readonly trailMultiple: string;
  /** The average range that a trailing multiple is of; '' with too little history. */
  readonly atr: string;
  readonly riskUnit: RiskUnit;
  readonly risk: string;
};

export const EMPTY_FIELDS: PlanFields = {
  direction: 'long',
  entryType: 'market',
  entryPrice: '',
  triggerPrice: '',
  timeInForce: 'gtc',
  postOnly: false,
  expiresInMinutes: null,
  stop: '',
  exitStyle: 'single',
  target: '',
  target2: '',
  target3: '',
  targetCount: 2,
  share1: '50',
  share2: '30',
  breakEvenAfterFirst: true,
  trailBy: 'amount',
  trailAmount: '',
  trailPercent: '1',
  trailMultiple: '2',
  atr: '',
  riskUnit: 'money',
  risk: '',
};

export type PlanLevels = {
  readonly entry: string | null;
  readonly stop: string;
  readonly targets: readonly string[];
};

const HUNDRED = parseScaled('100');

/** The targets in use, nearest first; none when the stop trails instead. */
export function targetTexts(fields: PlanFields): string[] {
  if (fields.exitStyle === 'trailing') return [];
  if (fields.exitStyle === 'single') return [fields.target];
  const all = [fields.target, fields.target2, fields.target3];
  return all.slice(0, fields.targetCount);
}

/** Percent of the quantity that the last target takes; null while the others cannot be read. */
export function lastShare(fields: PlanFields): string | null {
  const typed = fields.targetCount === 2 ? [fields.share1] : [fields.share1, fields.share2];
  const shares = typed.map((text) => scaledOrNull(text.trim()));
  if (shares.includes(null)) return null;
  return formatScaled(shares.reduce((left: bigint, share) => left - (share ?? 0n), HUNDRED));
}

/** The price at which the entry is reckoned; null when it is the market's. */
export function entryLevel(fields: PlanFields): string | null {
  if (fields.entryType === 'market') return null;
  return (fields.entryType === 'stop' ? fields.triggerPrice : fields.entryPrice).trim();
}

/** May the entry wait at the venue, so that its time can run out? */
export function mayWait({ entryType, timeInForce }: PlanFields): boolean {
  if (entryType === 'limit') return timeInForce === 'gtc' || timeInForce === 'day';
  return entryType !== 'market';
}

/**
 * The risk as an amount of money; a share of the equity is rounded down.
 * Null when it cannot be told.
 */
export function riskAmount(fields: PlanFields, equity: string | null): string | null {
  const risk = scaledOrNull(fields.risk.trim());
  if (risk === null || risk <= 0n) return null;
  if (fields.riskUnit === 'money') return formatScaled(risk);
  const whole = scaledOrNull(equity);
  if (whole === null || whole <= 0n) return null;
  return formatScaled(divideScaled(multiplyScaled(risk, whole, 'floor'), HUNDRED, 'floor'));
}
