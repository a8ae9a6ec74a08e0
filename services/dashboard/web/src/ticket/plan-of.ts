import { formatScaled, parseScaled, type TradePlanWire } from '@ballast/domain';
import { lastShare, mayWait, type PlanFields, targetTexts } from './plan-fields.ts';

const MINUTE_MS = 60_000;
const HUNDRED = 100n;

/**
 * The plan as it would be sent. Sound fields only: see `fieldFaults`.
 * @param now epoch ms that the entry's time counts from
 */
export function planOf(
  instrument: string,
  fields: PlanFields,
  quantity: string,
  now: number,
): TradePlanWire {
  const minutes = mayWait(fields) ? fields.expiresInMinutes : null;
  return {
    instrument,
    direction: fields.direction,
    entry: entryOf(fields),
    entryExpiresAt: minutes === null ? null : now + minutes * MINUTE_MS,
    stop: fields.stop.trim(),
    takeProfit: takeProfitOf(fields),
    quantity,
    origin: { kind: 'ticket' },
  };
}

function entryOf(fields: PlanFields): TradePlanWire['entry'] {
  const [price, triggerPrice] = [fields.entryPrice.trim(), fields.triggerPrice.trim()];
  switch (fields.entryType) {
    case 'market':
      return { type: 'market' };
    case 'limit': {
      // An order that must trade at once cannot wait to be the maker.
      const postOnly = fields.postOnly && mayWait(fields);
      return { type: 'limit', price, timeInForce: fields.timeInForce, postOnly };
    }
    case 'stop':
      return { type: 'stop', triggerPrice };
    case 'stopLimit':
      return { type: 'stopLimit', triggerPrice, price };
    default:
      return fields.entryType satisfies never;
  }
}

function takeProfitOf(fields: PlanFields): TradePlanWire['takeProfit'] {
  switch (fields.exitStyle) {
    case 'single':
      return { style: 'single', target: fields.target.trim() };
    case 'scaled': {
      const rest = lastShare(fields) ?? '';
      const shares = fields.targetCount === 3 ? [fields.share1, fields.share2] : [fields.share1];
      const percents = [...shares, rest];
      const targets = targetTexts(fields).map((price, index) => {
        return { price: price.trim(), fraction: fractionOf(percents[index] ?? '') };
      });
      const { breakEvenAfterFirst } = fields;
      return { style: 'scaled', targets, breakEvenAfterFirst };
    }
    case 'trailing':
      return { style: 'trailing', distance: distanceOf(fields) };
    default:
      return fields.exitStyle satisfies never;
  }
}

function distanceOf(fields: PlanFields) {
  switch (fields.trailBy) {
    case 'amount':
      return { by: 'amount', amount: fields.trailAmount.trim() } as const;
    case 'percent':
      return { by: 'percent', percent: fields.trailPercent.trim() } as const;
    case 'atr':
      return { by: 'atr', multiple: fields.trailMultiple.trim(), atr: fields.atr } as const;
    default:
      return fields.trailBy satisfies never;
  }
}

function fractionOf(percent: string): string {
  return formatScaled(parseScaled(percent.trim()) / HUNDRED);
}
