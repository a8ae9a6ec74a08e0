import { formatScaled, InvalidInput } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { BTC, ENTRY, executionRow, orderRow } from './sample-messages.fixture.ts';
import { readBalance, readHoldings, readSpotBalance } from './wallet.ts';
import { list, readFill, readOrder, readPosition, WireError } from './wire.ts';

const thrownBy = (reading: () => unknown): unknown => {
  try {
    return reading();
  } catch (error) {
    return error;
  }
};
const isTyped = (error: unknown): boolean =>
  error instanceof WireError || error instanceof InvalidInput;

describe('readOrder', () => {
  test.each([
    ['New', 'working'],
    ['Created', 'working'],
    ['Untriggered', 'working'],
    ['Triggered', 'working'],
    ['Active', 'working'],
    ['PendingCancel', 'working'],
    ['PartiallyFilled', 'partiallyFilled'],
    ['Filled', 'filled'],
    ['Cancelled', 'cancelled'],
    ['PartiallyFilledCanceled', 'cancelled'],
    ['Deactivated', 'cancelled'],
    ['Rejected', 'rejected'],
  ])('%s is %s', (orderStatus, status) => {
    expect(readOrder(orderRow({ orderStatus }), 'linear')).toMatchObject({ status });
  });

  test.each(['Dancing', 'constructor'])('a state that we do not know is told: %s', (word) => {
    const report = readOrder(orderRow({ orderStatus: word }), 'linear');
    expect(report).toMatchObject({ status: 'unrecognised', reason: word });
  });

  test('the instrument is that of the row’s own market, or else of the listing’s', () => {
    const instrumentOf = (change: object): string =>
      readOrder(orderRow({ symbol: 'BTCUSDT', ...change }), 'spot').instrument;
    expect(instrumentOf({ category: 'linear' })).toBe('bybit.linear:BTCUSDT');
    expect(instrumentOf({ category: undefined })).toBe('bybit.spot:BTCUSDT');
  });

  test('takes over every field, digits and all', () => {
    const row = orderRow({
      qty: '12345678901234567890.123456789012345678',
      cumExecQty: '0.000000000000000001',
      side: 'Sell',
    });
    expect(readOrder(row, 'linear')).toEqual({
      clientOrderId: ENTRY,
      venueOrderId: 'venue-1',
      instrument: BTC,
      status: 'working',
      side: 'sell',
      quantity: 12_345_678_901_234_567_890_123_456_789_012_345_678n,
      filledQuantityCum: 1n,
      reason: '',
      eventTime: 1_790_000_000_123,
    });
  });

  test('an amount that the venue leaves empty is zero; a real reason is kept', () => {
    const report = readOrder(
      orderRow({ cumExecQty: '', rejectReason: 'EC_PostOnlyWillTakeLiquidity' }),
      'linear',
    );
    expect(report).toMatchObject({ filledQuantityCum: 0n, reason: 'EC_PostOnlyWillTakeLiquidity' });
  });

  test.each([
    ['no status', orderRow({ orderStatus: '' })],
    ['a category that is none', orderRow({ category: 'Futures!' })],
    ['a number where text belongs', orderRow({ qty: 0.1 })],
    ['an exponent', orderRow({ qty: '1e3' })],
    ['a negative quantity', orderRow({ cumExecQty: '-1' })],
    ['a side nobody knows', orderRow({ side: 'Long' })],
    ['a symbol that is none', orderRow({ symbol: 'btc usdt' })],
    ['a time that is none', orderRow({ updatedTime: 'yesterday' })],
    ['an empty time', orderRow({ updatedTime: '' })],
    ['a time past all clocks', orderRow({ updatedTime: '9'.repeat(400) })],
    ['a text that the database cannot keep', orderRow({ rejectReason: 'a\0b' })],
    ['half a character', orderRow({ orderId: 'a\ud800' })],
    ['nothing', null],
    ['a list', []],
  ])('%s is a typed error', (_name, row) => {
    expect(thrownBy(() => readOrder(row, 'linear'))).toSatisfy(isTyped);
  });

  test.each(Object.keys(orderRow({})).filter((key) => !['category', 'orderType'].includes(key)))(
    'a row without %s is a typed error',
    (key) => {
      const { [key]: _gone, ...rest } = Object.fromEntries(Object.entries(orderRow()));
      expect(thrownBy(() => readOrder(rest, 'linear'))).toSatisfy(isTyped);
    },
  );
});

describe('readFill', () => {
  test('takes over every field, digits and all', () => {
    expect(readFill(executionRow({ isMaker: true, side: 'Sell' }), 'paper', 'linear')).toEqual({
      venue: 'bybit',
      account: 'paper',
      executionId: 'x-1',
      revision: 0,
      clientOrderId: ENTRY,
      venueOrderId: 'venue-1',
      instrument: BTC,
      side: 'sell',
      price: 50_000_100_000_000_000_000_000n,
      quantity: 100_000_000_000_000_000n,
      fee: { amount: 2_750_005_000_000_000_000n, currency: 'USDT' },
      liquidity: 'maker',
      eventTime: 1_790_000_000_456,
    });
  });

  const moving = ['Trade', 'AdlTrade', 'BustTrade', 'BlockTrade', 'Delivery', 'MovePosition'];
  test.each([...moving, 'FutureSpread'])('%s moves the position', (execType) => {
    expect(readFill(executionRow({ execType }), 'paper', 'linear')).not.toBeNull();
  });

  test.each(['Funding', 'Settle', 'SessionSettlePnL'])('%s moves no position', (execType) => {
    expect(readFill(executionRow({ execType }), 'paper', 'linear')).toBeNull();
  });

  test.each(['ForwardSplitSettle', 'UNKNOWN', ''])('the unknown kind "%s" is told', (execType) => {
    const fault = thrownBy(() => readFill(executionRow({ execType }), 'paper', 'linear'));
    expect(fault).toSatisfy(isTyped);
    expect(String(fault)).toContain(`execution of kind "${execType}" is not known`);
  });

  test.each(['0', '0.000', ''])('an execution of quantity "%s" moves no position', (execQty) => {
    expect(readFill(executionRow({ execQty }), 'paper', 'linear')).toBeNull();
  });

  test('a rebate is a negative fee; without a named coin it is the settlement coin', () => {
    const rebate = executionRow({ execFee: '-0.5', feeCurrency: '', symbol: 'ETHUSDC' });
    expect(readFill(rebate, 'paper', 'linear')?.fee).toEqual({
      amount: -(10n ** 18n) / 2n,
      currency: 'USDC',
    });
    const unnamed = executionRow({ execFee: '', feeCurrency: undefined });
    expect(readFill(unnamed, 'paper', 'linear')?.fee).toEqual({ amount: 0n, currency: 'USDT' });
  });

  test.each([
    ['no price', executionRow({ execPrice: '0' })],
    ['an empty price', executionRow({ execPrice: '' })],
    ['a negative quantity', executionRow({ execQty: '-0.1' })],
    ['no execution id', executionRow({ execId: '' })],
    ['a time that is none', executionRow({ execTime: '12:30' })],
    ['a time with a fraction', executionRow({ execTime: '1790000000456.5' })],
    ['a currency that the database cannot keep', executionRow({ feeCurrency: 'US\0DT' })],
    ['a fee in words', executionRow({ execFee: 'free' })],
    ['a kind that is not text', executionRow({ execType: 7 })],
  ])('%s is a typed error', (_name, row) => {
    expect(thrownBy(() => readFill(row, 'paper', 'linear'))).toSatisfy(isTyped);
  });
});

test('in the spot market a fee is taken from what was received', () => {
  const feeOf = (change: object): string | undefined => {
    const row = executionRow({ category: 'spot', execFee: '0.0001', feeCurrency: '', ...change });
    return readFill(row, 'paper', 'spot')?.fee.currency;
  };
  expect(feeOf({ side: 'Buy' })).toBe('BTC');
  expect(feeOf({ side: 'Sell' })).toBe('USDT');
  expect(feeOf({ side: 'Buy', feeCurrency: 'MNT' })).toBe('MNT');
});

describe('the wallet of the spot market', () => {
  const wallet = {
    list: [
      {
        coin: [
          { coin: 'USDT', walletBalance: '1000.5', locked: '100', usdValue: '1000.5' },
          { coin: 'BTC', walletBalance: '0.0999', locked: '0', usdValue: '5000' },
          { coin: 'ETH', walletBalance: '', locked: '', usdValue: '' },
        ],
      },
    ],
  };

  test('each coin but the trading coin is a position', () => {
    expect(readHoldings(wallet, 'USDT')).toEqual([
      { instrument: 'bybit.spot:BTCUSDT', quantity: 99_900_000_000_000_000n },
    ]);
  });

  test('equity is what all coins are worth; available is what no order holds', () => {
    const { equity, available } = readSpotBalance(wallet, 'USDT');
    expect(formatScaled(equity.amount)).toBe('6000.5');
    expect(formatScaled(available.amount)).toBe('900.5');
    expect(thrownBy(() => readSpotBalance(wallet, 'BTC'))).toBeInstanceOf(WireError);
  });
});

describe('readPosition', () => {
  const size = (change: object): string =>
    formatScaled(readPosition({ symbol: 'BTCUSDT', side: 'Buy', size: '0.5', ...change }).quantity);

  test('a short is negative, flat is zero whatever its side', () => {
    expect(size({})).toBe('0.5');
    expect(size({ side: 'Sell' })).toBe('-0.5');
    expect(size({ side: '', size: '0' })).toBe('0');
    expect(size({ side: 'Sell', size: '' })).toBe('0');
  });

  test.each([
    { size: 'much' },
    { side: undefined },
    { symbol: '' },
    { side: 'Long' },
    { side: '' },
  ])('%j is a typed error', (change) => {
    expect(thrownBy(() => size(change))).toSatisfy(isTyped);
  });
});

describe('readBalance', () => {
  const coin = (change: object): unknown => ({
    list: [
      {
        coin: [
          { coin: 'BTC', equity: '1', totalPositionIM: '', totalOrderIM: '' },
          { coin: 'USDT', equity: '1000.5', totalPositionIM: '100', totalOrderIM: '', ...change },
        ],
      },
    ],
  });

  test("is the settlement coin's equity, less what positions and orders hold", () => {
    const balance = readBalance(coin({ totalOrderIM: '0.25' }), 'USDT');
    expect(balance.currency).toBe('USDT');
    expect(formatScaled(balance.equity.amount)).toBe('1000.5');
    expect(formatScaled(balance.available.amount)).toBe('900.25');
  });

  test.each([
    ['no such coin', coin({ coin: 'USDC' })],
    ['no account', { list: [] }],
    ['no list', {}],
    ['no margin', coin({ totalPositionIM: undefined })],
  ])('%s is a typed error', (_name, wallet) => {
    expect(thrownBy(() => readBalance(wallet, 'USDT'))).toSatisfy(isTyped);
  });
});

test('a listing that is no list is a typed error', () => {
  expect(thrownBy(() => list({ list: {} }, 'list'))).toBeInstanceOf(WireError);
  expect(thrownBy(() => list(null, 'list'))).toBeInstanceOf(WireError);
});
