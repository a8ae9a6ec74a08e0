import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createLogger } from '@ballast/observability';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchBars, fetchInstruments } from './public-rest.ts';
import { linear } from './scripted-venue.fixture.ts';

const log = createLogger('feed-test', 'silent');
const M0 = 1_700_000_040_000;
let server: Server;

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

type Answer = { status?: number; body: unknown };

/** A REST host that answers one request after the other from the list. */
async function host(...answers: Answer[]) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status = 200, body } = answers[asked.length - 1] ?? { status: 404, body: '' };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return { rest: { url: `http://127.0.0.1:${address.port}`, log }, asked };
}

const good = (result: unknown): Answer => ({
  body: { retCode: 0, retMsg: 'OK', result, time: M0 + 120_000 },
});

const LOT = {
  qtyStep: '0.001',
  minOrderQty: '0.001',
  maxOrderQty: '1190.000',
  maxMktOrderQty: '500.000',
  minNotionalValue: '5',
};

function listing(symbol: string, fields: object = {}) {
  return {
    symbol,
    status: 'Trading',
    baseCoin: 'BTC',
    quoteCoin: 'USDT',
    priceFilter: { tickSize: '0.10' },
    lotSizeFilter: LOT,
    ...fields,
  };
}

describe('instruments', () => {
  test('come from all pages; what is not traded or not understood is left out', async () => {
    const { rest, asked } = await host(
      good({
        list: [listing('BTCUSDT'), listing('OLDUSDT', { status: 'Closed' })],
        nextPageCursor: 'page 2',
      }),
      good({
        list: [
          listing('ETHUSDT'),
          listing('BADUSDT', { priceFilter: { tickSize: '0' } }),
          listing('bad symbol'),
          listing('NOLOT', { lotSizeFilter: {} }),
          listing('NOMOST', { lotSizeFilter: { ...LOT, maxMktOrderQty: undefined } }),
          listing('LIMIT', { lotSizeFilter: { ...LOT, maxOrderQty: '90' } }),
        ],
        nextPageCursor: '',
      }),
    );
    const instruments = await fetchInstruments(rest);
    expect(instruments.map(({ id }) => id)).toEqual([
      'bybit.linear:BTCUSDT',
      'bybit.linear:ETHUSDT',
      'bybit.linear:LIMIT',
    ]);
    expect(instruments[0]).toMatchObject({
      tickSize: 10n ** 17n,
      maxQuantity: 500n * 10n ** 18n,
    });
    expect(instruments[2]).toMatchObject({ maxQuantity: 90n * 10n ** 18n });
    expect(asked[1]).toContain('cursor=page+2');
  });

  test('are asked for again after a server fault, and not after a refusal', async () => {
    const again = await host({ status: 503, body: '' }, good({ list: [listing('BTCUSDT')] }));
    expect(await fetchInstruments(again.rest)).toHaveLength(1);
    server.close();
    const refused = await host({ body: { retCode: 10_001, retMsg: 'params error', time: 1 } });
    await expect(fetchInstruments(refused.rest)).rejects.toMatchObject({
      code: 'FEED_REST_REFUSED',
      message: expect.stringContaining('params error'),
    });
    expect(refused.asked).toHaveLength(1);
  });
});

describe('bars', () => {
  const row = (openTime: number, close = '1.2') => [
    String(openTime),
    '1',
    '2',
    '0.5',
    close,
    '7',
    '9',
  ];

  test('are closed ones only, oldest first, as many as asked for', async () => {
    const rows = [M0 + 120_000, M0 + 60_000, M0, M0 - 60_000].map((time) => row(time));
    const { rest, asked } = await host(good({ list: rows }));
    const bars = await fetchBars(rest, linear('BTCUSDT'), 2);
    expect(bars.map(({ openTime }) => openTime)).toEqual([M0, M0 + 60_000]);
    expect(bars[0]).toMatchObject({ open: '1', low: '0.5', close: '1.2', builtFrom: 'venue' });
    expect(asked[0]).toContain('symbol=BTCUSDT');
  });

  test('may have the digits of a tick before', async () => {
    const { rest } = await host(good({ list: [row(M0, '1.25')] }));
    expect(await fetchBars(rest, linear('BTCUSDT'), 1)).toMatchObject([{ close: '1.25' }]);
  });

  const blank = ['', ...row(M0).slice(1)];
  test.each([[row(M0, '1.20000001')], [row(M0, '-1')], [row(M0 + 1)], [['x']], [null], [blank]])(
    'refuse a faulty row: %j',
    async (faulty) => {
      const { rest } = await host(good({ list: [faulty] }));
      await expect(fetchBars(rest, linear('BTCUSDT'), 5)).rejects.toMatchObject({
        code: 'FEED_BAR_INVALID',
      });
    },
  );
});
