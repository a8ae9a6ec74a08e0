import { instrumentId, type PublicTrade } from '@ballast/domain';
import { expect, test } from 'vitest';
import { TakerVolume } from './taker-volume.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 18, 12);
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const at = (minute: number): number => NOON + minute * MINUTE;
const trade = (
  minute: number,
  quantity: string,
  takerSide: PublicTrade['takerSide'],
): PublicTrade => ({
  ...{ instrument: BTC, source: 'bybit', venueTradeId: `${minute}`, price: '1', quantity },
  ...{ takerSide, eventTime: at(minute), receivedTime: at(minute) },
});

/** Live and followed since ten minutes before noon. */
function running(): TakerVolume {
  const taker = new TakerVolume();
  taker.follow([BTC], at(-10));
  taker.setLive(at(-10));
  taker.finished(at(1));
  return taker;
}
const told = (taker: TakerVolume, minute: number): string[] =>
  taker
    .finished(at(minute))
    .map(({ kind, at: start, value }) => `${kind} ${(start - NOON) / MINUTE} ${value}`);

test('the volume of each side, once, when the interval has ended and a moment has passed', () => {
  const taker = running();
  for (const [quantity, side] of [
    ['0.001', 'buy'],
    ['2.5', 'sell'],
    ['0.002', 'buy'],
  ] as const) {
    taker.trade(trade(1, quantity, side));
  }
  taker.trade(trade(5, '7', 'buy'));
  expect(told(taker, 5 + 1 / 60)).toEqual([]);
  const volumes = ['taker-buy-volume 0 0.003', 'taker-sell-volume 0 2.5'];
  expect(told(taker, 5 + 2 / 60)).toEqual(volumes);
  expect(told(taker, 6)).toEqual([]);
  expect(told(taker, 11), 'one of no trade by a side has none').toEqual([
    ...['taker-buy-volume 5 7', 'taker-sell-volume 5 0'],
  ]);
  expect(told(taker, 16), 'and one of no trade at all').toEqual([
    ...['taker-buy-volume 10 0', 'taker-sell-volume 10 0'],
  ]);
});

test('a late trade tells its interval again; one of an interval done with is counted', () => {
  const taker = running();
  taker.trade(trade(1, '1', 'buy'));
  expect(told(taker, 6)).toHaveLength(2);
  taker.trade(trade(2, '3', 'buy'));
  expect(told(taker, 7)).toEqual(['taker-buy-volume 0 4', 'taker-sell-volume 0 0']);
  for (const minute of [6, 11, 16, 21]) {
    taker.trade(trade(minute, '1', 'sell'));
    told(taker, minute);
  }
  taker.trade(trade(3, '9', 'buy'));
  expect(told(taker, 22)).toEqual([]);
  expect(taker.counts.takerTradesTooLate).toBe(1);
});

test('one that is never asked keeps few intervals, and tells those when it is asked', () => {
  const taker = running();
  for (let minute = 1; minute <= 61; minute += 5) taker.trade(trade(minute, '2', 'buy'));
  const starts = [45, 50, 55].flatMap((start) => [`taker-buy-volume ${start} 2`]);
  expect(told(taker, 61).filter((text) => text.includes('buy'))).toEqual(starts);
});

test.each([
  ['the connection was lost in it', (taker: TakerVolume) => taker.setLive(at(2))],
  ['the connection is lost at its end', (taker: TakerVolume) => taker.setLive(null)],
  ['a trade in it has no side', (taker: TakerVolume) => taker.trade(trade(1, '1', null))],
  [
    'the instrument came in it',
    (taker: TakerVolume) => {
      taker.follow([], at(1));
      taker.follow([BTC], at(2));
    },
  ],
  [
    'the instrument came a moment before it',
    (taker: TakerVolume) => {
      taker.follow([], at(-1));
      taker.follow([BTC], at(-0.25));
      taker.trade(trade(1, '1', 'buy'));
    },
  ],
])('an interval is not told when %s', (_why, happens) => {
  const taker = running();
  taker.trade(trade(1, '1', 'buy'));
  happens(taker);
  expect(told(taker, 6)).toEqual([]);
  taker.setLive(at(2));
  expect(told(taker, 11), 'the next one is whole').toHaveLength(2);
});
