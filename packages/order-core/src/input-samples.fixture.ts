import {
  type ClientOrderId,
  type Fill,
  parsePrice,
  type Side,
  type VenueOrderStatus,
} from '@ballast/domain';
import type { TradeEvent, TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { idOf, INSTRUMENT, opened, START, units } from './sample-trade.fixture.ts';
import { step } from './step.ts';

export const accepted = (id: ClientOrderId, at = START): TradeInput => {
  return { type: 'submitAccepted', at, clientOrderId: id, venueOrderId: `v-${id}` };
};
export const refused = (id: ClientOrderId, at = START): TradeInput => {
  return { type: 'submitRefused', at, clientOrderId: id, reason: 'no' };
};
export const clock = (at: number): TradeInput => ({ type: 'clock', at });

let executions = 0;
export function fill(id: string, side: Side, quantity: number, at = START): TradeInput {
  executions += 1;
  const booked: Fill = {
    venue: 'model',
    account: 'one',
    executionId: `x${executions}`,
    revision: 0,
    clientOrderId: id,
    venueOrderId: `v-${id}`,
    instrument: INSTRUMENT.id,
    side,
    price: parsePrice('100'),
    quantity: units(quantity),
    fee: { amount: 0n, currency: 'USDT' },
    liquidity: 'taker',
    eventTime: at,
  };
  return { type: 'fill', at, fill: booked };
}
export function report(id: string, status: VenueOrderStatus, filled = 0, at = START): TradeInput {
  return {
    type: 'report',
    at,
    report: {
      clientOrderId: id,
      venueOrderId: `v-${id}`,
      instrument: INSTRUMENT.id,
      status,
      side: 'buy',
      quantity: units(10),
      filledQuantityCum: units(filled),
      reason: 'because',
      eventTime: at,
    },
  };
}

/** All inputs one after another; events and effects of the last one only. */
export function run(start: StepResult, ...inputs: TradeInput[]): StepResult {
  return inputs.reduce((result, input) => step(result.trade, input), start);
}
export const incidents = (events: readonly TradeEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'incident' ? [event.kind] : []));
export const submitted = ({ effects }: StepResult) =>
  effects.flatMap((effect) => (effect.type === 'submit' ? [effect.order] : []));

export const entry = idOf('entry');
export const filledEntry = (quantity = 10): TradeInput[] => [
  accepted(entry),
  fill(entry, 'buy', quantity),
];
export const protectedTrade = (): StepResult =>
  run(opened(), ...filledEntry(), accepted(idOf('stop')), accepted(idOf('target')));
