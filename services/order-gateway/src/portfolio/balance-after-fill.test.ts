import { type Fill, instrumentId, parsePrice, parseQuantity, parseScaled } from '@ballast/domain';
import { expect, test, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../clock.ts';
import { withBalanceAfterFill } from './balance-after-fill.ts';

const fill: Fill = {
  venue: 'bybit',
  account: 'paper',
  executionId: 'x',
  revision: 0,
  clientOrderId: 'c',
  venueOrderId: 'v',
  instrument: instrumentId('bybit', 'linear', 'BTCUSDT'),
  side: 'sell',
  price: parsePrice('1'),
  quantity: parseQuantity('1'),
  fee: { amount: parseScaled('0'), currency: 'USDT' },
  liquidity: 'taker',
  eventTime: 1,
};

function build(booked: () => Promise<void>) {
  const refresh = vi.fn(() => Promise.resolve());
  const failed = vi.fn();
  const inner = { fill: vi.fn(booked), report: vi.fn(() => Promise.resolve()) };
  return { refresh, failed, inner, ...withBalanceAfterFill(inner, refresh, failed, SYSTEM_CLOCK) };
}

test('a burst of fills by the stream is followed by one look at the balance', async () => {
  const { inbox, refresh, stop } = build(() => Promise.resolve());
  await Promise.all([inbox.fill(fill, 'stream'), inbox.fill(fill, 'stream')]);
  await expect.poll(() => refresh.mock.calls.length).toBe(1);
  await inbox.fill(fill, 'stream');
  await expect.poll(() => refresh.mock.calls.length).toBe(2);
  await stop();
});

test('the sweep looks by itself, and nobody looks after the stop', async () => {
  vi.useFakeTimers();
  try {
    const { inbox, inner, refresh, stop } = build(() => Promise.resolve());
    await inbox.fill(fill, 'sweep');
    await vi.runAllTimersAsync();
    await inbox.fill(fill, 'stream');
    await stop();
    await inbox.fill(fill, 'stream');
    await vi.runAllTimersAsync();
    expect(inner.fill).toHaveBeenCalledTimes(3);
    expect(refresh).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

test('a look that fails is told, and the next fill looks again', async () => {
  const { inbox, refresh, failed, stop } = build(() => Promise.resolve());
  const fault = new Error('no answer');
  refresh.mockRejectedValueOnce(fault);
  await inbox.fill(fill, 'stream');
  await expect.poll(() => failed.mock.calls).toEqual([[fault]]);
  await inbox.fill(fill, 'stream');
  await expect.poll(() => refresh.mock.calls.length).toBe(2);
  await stop();
});
