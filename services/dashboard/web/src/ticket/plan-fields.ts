import {
  divideScaled,
  formatScaled,
  InvalidInput,
  multiplyScaled,
  parseScaled,
  type TradeDirection,
  type TradePlanWire,
} from '@ballast/domain';
import { scaledOrNull } from '../format/number.ts';

export type RiskUnit = 'money' | 'percent';

/** The ticket as it is typed. */
export type PlanFields = {
  readonly direction: TradeDirection;
  readonly entryType: 'market' | 'limit';
  readonly entryPrice: string;
  readonly stop: string;
  readonly target: string;
  readonly riskUnit: RiskUnit;
  readonly risk: string;
};

export type PlanLevels = {
  readonly entry: string | null;
  readonly stop: string;
  readonly target: string;
};
export type FieldName = 'entryPrice' | 'stop' | 'target' | 'risk';
export type FieldFaults = Partial<Record<FieldName, string>>;

const HUNDRED = parseScaled('100');

/** What is wrong with each field by itself; the pre-trade rules judge the plan as a whole. */
export function fieldFaults(fields: PlanFields, tickSize: string): FieldFaults {
  const faults: FieldFaults = {};
  const prices: FieldName[] = ['stop', 'target'];
  if (fields.entryType === 'limit') prices.push('entryPrice');
  for (const name of prices) {
    const fault = priceFault(fields[name === 'risk' ? 'stop' : name], tickSize);
    if (fault !== null) faults[name] = fault;
  }
  const risk = decimalOrFault(fields.risk);
  if (typeof risk === 'string') faults.risk = risk;
  else if (risk <= 0n) faults.risk = 'Above zero';
  else if (fields.riskUnit === 'percent' && risk > HUNDRED) faults.risk = 'At most 100 %';
  return faults;
}

function priceFault(text: string, tickSize: string): string | null {
  const value = decimalOrFault(text);
  if (typeof value === 'string') return value;
  if (value <= 0n) return 'Above zero';
  return value % parseScaled(tickSize) === 0n ? null : `Not a multiple of ${tickSize}`;
}

function decimalOrFault(text: string): bigint | string {
  const plain = text.trim();
  if (plain === '') return 'Needed';
  try {
    return parseScaled(plain);
  } catch (error) {
    if (error instanceof InvalidInput) return 'Not a plain number';
    throw error;
  }
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

/** The plan as it would be sent. */
export function planOf(instrument: string, fields: PlanFields, quantity: string): TradePlanWire {
  return {
    instrument,
    direction: fields.direction,
    entry:
      fields.entryType === 'market'
        ? { type: 'market' }
        : { type: 'limit', price: fields.entryPrice.trim() },
    stop: fields.stop.trim(),
    takeProfit: { style: 'single', target: fields.target.trim() },
    quantity,
    origin: { kind: 'ticket' },
  };
}
