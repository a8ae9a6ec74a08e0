import {
  type Instrument,
  parsePrice,
  parseQuantity,
  parseScaled,
  parseUuid,
  type SignalId,
  type TradeId,
  type TradePlan,
  type VenueCapabilities,
} from '@ballast/domain';
import { openTrade, step, type Trade } from '@ballast/order-core';
import { expect, test } from 'vitest';
import { ACCOUNT, BTC, changeCommand, fillOf, REDUCE_ONLY } from '../../test/gateway.fixture.ts';
import { judgeChange } from './judge-change.ts';

const AT = 1_700_000_000_000;
const id = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
const instrument: Instrument = {
  ...{ id: BTC, baseCurrency: 'BTC', quoteCurrency: 'USDT', sector: 'crypto' },
  ...{ tickSize: parseScaled('0.1'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
  ...{ minQuantity: parseQuantity('2'), maxQuantity: parseQuantity('100') },
  ...{ minNotional: 0n, session: 'continuous' },
};
const targets = ['110', '120'].map((price) => {
  return { price: parsePrice(price), fraction: parseScaled('0.5') };
});
const plan: TradePlan = {
  ...{ instrument: BTC, direction: 'long', entry: { type: 'market' }, entryExpiresAt: null },
  ...{ stop: parsePrice('90'), quantity: parseQuantity('10'), origin: { kind: 'ticket' } },
  takeProfit: { style: 'scaled', targets, breakEvenAfterFirst: false },
};

/** Long 5 and 5 of a least quantity of 2, all of it entered. */
function held(exits: VenueCapabilities['exits'], change: Partial<Instrument> = {}): Trade {
  const capabilities = { ...REDUCE_ONLY, exits };
  const named = { id, account: ACCOUNT, instrument: { ...instrument, ...change } };
  const { trade, effects } = openTrade({ ...named, plan, capabilities, verdicts: [], at: AT });
  const [entry] = effects;
  if (entry?.type !== 'submit') throw new Error('no entry was sent');
  const fill = { ...fillOf(entry.order.clientOrderId, '10'), price: parsePrice('100') };
  return step(trade, { type: 'fill', at: AT, fill }).trade;
}

function scaleOut(trade: Trade, part: { quantity: string } | { fraction: string }) {
  const command = changeCommand('scaleOut', { tradeId: id, ...part });
  if (command.type !== 'scaleOut') throw new Error('not the command that was asked for');
  return judgeChange(command, trade, null, AT);
}

test.each(['reserved', 'reduceOnly'] as const)(
  'a slot is not left with less than the venue takes, where exits are %s',
  (exits) => {
    const trade = held(exits);
    const judged = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'].map((quantity) => {
      const given = scaleOut(trade, { quantity });
      return 'refused' in given ? `${given.refused}: ${given.detail}` : null;
    });
    const least = 'below the least order of 2';
    expect(judged).toEqual([
      `QUANTITY_OFF_LOT: 1 is ${least}`,
      null,
      null,
      `REST_TOO_SMALL: 1 would be left of a part, ${least}: close 3 or 5 instead`,
      null,
      null,
      null,
      null,
      `REST_TOO_SMALL: 1 would be left of a part, ${least}: close 8 or 10 instead`,
      null,
    ]);
  },
);

test('a strategy closes the trade that it has opened itself, and no other', () => {
  const ticket = held('reduceOnly');
  const signalId = parseUuid<SignalId>('01936c1e-0000-7000-8000-000000000002');
  const origin = { kind: 'signal', signalId, strategy: 'sma-cross' } as const;
  const own: Trade = { ...ticket, plan: { ...ticket.plan, origin } };
  const command = changeCommand('closeTrade', { tradeId: id });
  if (command.type !== 'closeTrade') throw new Error('not the command that was asked for');
  const closed = (trade: Trade, actor: string, producer: 'strategy-worker' | 'cli') => {
    const judged = judgeChange({ ...command, actor, producer }, trade, null, AT);
    return 'refused' in judged ? judged.refused : judged.input.type;
  };
  expect(closed(own, 'sma-cross', 'strategy-worker')).toBe('closeRequested');
  expect(closed(own, 'momentum', 'strategy-worker'), "another's").toBe('NOT_PERMITTED');
  expect(closed(ticket, 'sma-cross', 'strategy-worker'), "the operator's").toBe('NOT_PERMITTED');
  expect(closed(own, 'operator', 'cli')).toBe('closeRequested');
});
