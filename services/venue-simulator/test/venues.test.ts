import { expect, test } from 'vitest';
import { textOf } from './fault-kit.fixture.ts';
import { control, open, spawn, temporaryFolder } from './simulator.fixture.ts';

const ALL = ['bybit', 'alpaca', 'ibkr'] as const;

test('three venues: addresses of each, accounts of their own, ids that never meet', async () => {
  const { info, venues } = await open({ BALLAST_SIMULATOR_VENUES: [...ALL] });
  expect(info).toMatchObject({
    port: expect.any(Number),
    restUrl: expect.stringMatching(/^http:/),
    alpacaPort: expect.any(Number),
    alpacaRestUrl: expect.stringMatching(/^http:/),
    alpacaTradingStreamUrl: expect.stringMatching(/^ws:.*\/stream$/),
    alpacaDataStreamUrl: expect.stringMatching(/^ws:.*\/v2\/iex$/),
    twsHost: '127.0.0.1',
    twsPort: expect.any(Number),
    accountCurrency: 'USDT',
  });
  expect(new Set([info['port'], info['alpacaPort'], info['twsPort']]).size).toBe(3);
  const instruments = [...venues.values()].flatMap(({ venue }) => [
    ...venue.account.instruments.keys(),
  ]);
  expect(info['instruments']).toEqual(instruments);
  expect(instruments).toContain('alpaca.stock:SPY');
  expect(instruments).toContain('ibkr.stock:SPY');
  const cash = ALL.map((name) => [...(venues.get(name)?.venue.account.cash.keys() ?? [])]);
  expect(cash).toEqual([['USDT'], ['USD'], ['USD']]);
  const seeds = ALL.map((name) => venues.get(name)?.venue.account.seed);
  expect(new Set(seeds).size).toBe(3);
});

test('what each venue charges: a share of the value, nothing, or by quantity', async () => {
  const { venues } = await open({ BALLAST_SIMULATOR_VENUES: [...ALL] });
  const free = { maker: 0n, taker: 0n };
  expect(venues.get('bybit')?.venue.account).toMatchObject({ commission: null });
  expect(venues.get('bybit')?.venue.account.feeRates).not.toEqual(free);
  expect(venues.get('alpaca')?.venue.account).toMatchObject({ commission: null, feeRates: free });
  expect(venues.get('ibkr')?.venue.account).toMatchObject({
    feeRates: free,
    commission: { minimum: 10n ** 18n },
  });
});

test('the control routes name their venue, and say which are open', async () => {
  const { urls, venues } = await open({ BALLAST_SIMULATOR_VENUES: ['bybit', 'ibkr'] });
  const at = (name: string): string => `/control?venue=${name}`;
  await control(urls.rest, { fault: 'droppedFill', count: 2 }, at('ibkr'));
  await control(urls.rest, { action: 'freezePrices' }, at('ibkr'));
  const moved = { symbol: 'AAPL', price: '231.50' };
  await control(urls.rest, moved, '/control/price?venue=ibkr');
  const ibkr = venues.get('ibkr');
  expect(ibkr?.venue.markets.get('AAPL')?.lastTick.priceTicks).toBe(23_150);
  expect(ibkr?.plan.push('fill').copies).toBe(0);
  expect(venues.get('bybit')?.plan.push('fill').copies).toBe(1);
  expect(await (await fetch(`${urls.rest}/control/faults?venue=ibkr`)).json()).toMatchObject({
    droppedFill: 1,
    lateFill: 0,
  });
  await expect(control(urls.rest, moved, at('bybit'))).rejects.toThrow();
  await expect(control(urls.rest, { clear: 'all' }, at('alpaca'))).rejects.toThrow(/not open/);
  const wrong = { action: 'dropPublicStream' };
  await expect(control(urls.rest, wrong, at('ibkr'))).rejects.toThrow(/not offered at ibkr/);
  await expect(control(urls.rest, moved, '/control/price')).rejects.toThrow(/not traded/);
});

test('without ByBit the control routes stand alone on its port', async () => {
  const { info, venues } = await open({ BALLAST_SIMULATOR_VENUES: ['ibkr'] });
  expect(info).toMatchObject({ accountCurrency: 'USD', twsPort: expect.any(Number) });
  await control(textOf(info, 'controlUrl'), { fault: 'lateFill', ms: 70 });
  expect(venues.get('ibkr')?.plan.push('fill').delayMs).toBe(70);
});

test('each venue keeps its account in a folder of its own', async () => {
  const folder = temporaryFolder();
  const settings = {
    BALLAST_SIMULATOR_DATA_DIR: folder,
    BALLAST_SIMULATOR_VENUES: [...ALL],
  };
  const first = await open(settings);
  const ids = [...first.venues.values()].map(({ venue }) => {
    const [market] = venue.markets.values();
    return market?.symbol;
  });
  expect(ids).toEqual(['BTCUSDT', 'AAPL', 'AAPL']);
  await control(first.urls.rest, { action: 'freezePrices' }, '/control?venue=alpaca');
  const moved = { symbol: 'AAPL', price: '190' };
  await control(first.urls.rest, moved, '/control/price?venue=alpaca');
  await first.close();
  const second = await open(settings);
  const ticks = (name: 'alpaca' | 'ibkr'): number =>
    second.venues.get(name)?.venue.markets.get('AAPL')?.lastTick.priceTicks ?? 0;
  expect(Math.abs(ticks('alpaca') / 19_000 - 1)).toBeLessThan(0.01);
  // Stocks are one market, whichever venue its price was moved at.
  expect(ticks('ibkr')).toBe(ticks('alpaca'));
});

test('the process opens what its environment names', async () => {
  const { info } = await spawn({ BALLAST_SIMULATOR_VENUES: 'bybit,alpaca,ibkr' });
  expect(info).toMatchObject({ alpacaPort: expect.any(Number), twsPort: expect.any(Number) });
});
