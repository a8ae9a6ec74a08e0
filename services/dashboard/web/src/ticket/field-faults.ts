import { InvalidInput, parseScaled } from '@ballast/domain';
import { scaledOrNull } from '../format/number.ts';
import { lastShare, type PlanFields } from './plan-fields.ts';

type PriceName =
  | 'entryPrice'
  | 'triggerPrice'
  | 'stop'
  | 'target'
  | 'target2'
  | 'target3'
  | 'trailAmount';
export type FieldName = PriceName | 'share1' | 'share2' | 'trailPercent' | 'trailMultiple' | 'risk';
export type FieldFaults = Partial<Record<FieldName, string>>;

const HUNDRED = parseScaled('100');

/** What is wrong with each field by itself; the pre-trade rules judge the plan as a whole. */
export function fieldFaults(fields: PlanFields, tickSize: string): FieldFaults {
  const faults: FieldFaults = {};
  const note = (name: FieldName, fault: string | null): void => {
    if (fault !== null) faults[name] = fault;
  };
  for (const name of pricesOf(fields)) note(name, priceFault(fields[name], tickSize));
  if (fields.exitStyle === 'scaled') noteShares(fields, note);
  if (fields.exitStyle === 'trailing' && fields.trailBy === 'percent') {
    note('trailPercent', percentFault(fields.trailPercent));
  }
  if (fields.exitStyle === 'trailing' && fields.trailBy === 'atr') {
    note(
      'trailMultiple',
      fields.atr === '' ? 'Too little history' : aboveZero(fields.trailMultiple),
    );
  }
  note('risk', fields.riskUnit === 'percent' ? percentFault(fields.risk) : aboveZero(fields.risk));
  return faults;
}

/** The prices that this entry and this way out use. */
function pricesOf(fields: PlanFields): PriceName[] {
  const { entryType, exitStyle, targetCount } = fields;
  const entry: Record<PlanFields['entryType'], PriceName[]> = {
    market: [],
    limit: ['entryPrice'],
    stop: ['triggerPrice'],
    stopLimit: ['triggerPrice', 'entryPrice'],
  };
  const exit: Record<PlanFields['exitStyle'], PriceName[]> = {
    single: ['target'],
    scaled: targetCount === 3 ? ['target', 'target2', 'target3'] : ['target', 'target2'],
    trailing: fields.trailBy === 'amount' ? ['trailAmount'] : [],
  };
  return ['stop', ...entry[entryType], ...exit[exitStyle]];
}

function noteShares(fields: PlanFields, note: (name: FieldName, fault: string | null) => void) {
  const typed = fields.targetCount === 3 ? (['share1', 'share2'] as const) : (['share1'] as const);
  for (const name of typed) note(name, percentFault(fields[name]));
  const rest = scaledOrNull(lastShare(fields));
  if (rest === null || rest > 0n) return;
  note(typed.at(-1) ?? 'share1', 'Leaves nothing for the last');
}

function priceFault(text: string, tickSize: string): string | null {
  const value = decimalOrFault(text);
  if (typeof value === 'string') return value;
  if (value <= 0n) return 'Above zero';
  return value % parseScaled(tickSize) === 0n ? null : `Not a multiple of ${tickSize}`;
}

function percentFault(text: string): string | null {
  const value = decimalOrFault(text);
  if (typeof value === 'string') return value;
  if (value <= 0n) return 'Above zero';
  return value > HUNDRED ? 'At most 100 %' : null;
}

function aboveZero(text: string): string | null {
  const value = decimalOrFault(text);
  if (typeof value === 'string') return value;
  return value > 0n ? null : 'Above zero';
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
