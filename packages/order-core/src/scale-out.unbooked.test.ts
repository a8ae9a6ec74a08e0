import { parsePrice, parseScaled } from '@ballast/domain';
import { expect, test } from 'vitest';
import { accepted, fill, filledEntry, report } from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';
import { step } from './step.ts';
import type { Trade } from './trade.ts';

const SINGLE = { style: 'single', target: parsePrice('110') } as const;
const SCALED = {
  style: 'scaled',
  targets: ['110', '120'].map((price) => {
    return { price: parsePrice(price), fraction: parseScaled('0.5') };
  }),
  breakEvenAfterFirst: false,
} as const;

/** A venue that takes everything and fills nothing by itself. */
function venue(start: Trade) {
  let trade = start;
  let sent: string[] = [];
  const tell = (input: TradeInput): void => {
    const result = step(trade, input);
    ({ trade } = result);
    for (const effect of result.effects) {
      if (effect.type === 'submit') {
        sent.push(`${effect.order.role} ${effect.order.quantity / units(1)}`);
        tell(accepted(effect.order.clientOrderId));
      }
      if (effect.type === 'cancel') {
        sent.push('cancel');
        tell(report(effect.clientOrderId, 'cancelled'));
      }
    }
  };
  const after = (...inputs: TradeInput[]): string[] => {
    sent = [];
    inputs.forEach(tell);
    return sent;
  };
  return { after, quantity: () => trade.position.quantity };
}

const scaleOut: TradeInput = {
  ...{ type: 'scaleOutRequested', at: START, quantity: units(3), reason: 'operator' },
};

test.each([
  ['clips exits', 'reduceOnly', SINGLE, ['cancel', 'target 7']],
  ['does not clip them', 'reserved', SINGLE, []],
  ['does not clip them, in two parts', 'reserved', SCALED, []],
] as const)(
  'what was closed by hand is not closed once more before its fill comes, where the venue %s',
  (_, exits, takeProfit, booked) => {
    const { after, quantity } = venue(opened(planOf({ takeProfit }), INSTRUMENT, exits).trade);
    after(...filledEntry());
    expect(after(scaleOut)).toContain('close 3');
    expect(after(report(idOf('close'), 'partiallyFilled', 1))).toEqual([]);
    expect(after(report(idOf('close'), 'filled', 3))).toEqual([]);
    expect(after(fill(idOf('close'), 'sell', 3))).toEqual(booked);
    expect(quantity()).toBe(units(7));
    expect(after(scaleOut).filter((order) => order.startsWith('close'))).not.toEqual([]);
  },
);
