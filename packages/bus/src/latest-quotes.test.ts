import { instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Bus, openBus } from './connection.ts';
import { latestQuotes } from './latest-quotes.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';

const log = createLogger('bus-test', 'silent');
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
let server: TestRedis;
let admin: Bus;

beforeAll(async () => {
  server = await startTestRedis();
  admin = openBus(server.url('admin'), 'admin', log);
});

afterAll(async () => {
  await admin.close();
  await server.stop();
});

/** A row as the publisher packs it, with some fields of another's making. */
function row(change: Record<string, string> = {}): string {
  const quote = { instrument: BTC, bid: '1', bidQuantity: '1', ask: '2', askQuantity: '1' };
  const rest = { last: '1', eventTime: '1', receivedTime: '1', source: 'bybit' };
  return ['Q', ...Object.values({ ...quote, ...rest, ...change })].join('\t');
}

test('leaves out a quote that cannot be read, tells so, and keeps the others', async () => {
  const faulty = {
    'bybit.linear:A': 'not a row',
    'bybit.linear:B': row({ instrument: 'bybit.linear:B', bid: '' }),
    'bybit.linear:C': row({ instrument: 'bybit.linear:C', eventTime: 'now' }),
    'bybit.linear:D': 'T\tbybit.linear:D\t1\t1\t1\tbuy\t1\t1\tbybit',
    'bybit.linear:E': '',
    'bybit.linear:OTHER': row(),
    nothing: row({ instrument: 'nothing' }),
  };
  await admin.run('HSET', (redis) => redis.hset('state:quotes', { ...faulty, [BTC]: row() }));
  const said: unknown[] = [];
  const warn = vi.spyOn(log, 'warn').mockImplementation((fields) => void said.push(fields));
  const dashboard = openBus(server.url('dashboard'), 'dashboard', log);
  try {
    const quotes = await latestQuotes(dashboard);
    expect([...quotes.keys()]).toEqual([BTC]);
    expect(said).toMatchObject([{ code: 'QUOTES_FAULTY', faulty: Object.keys(faulty).length }]);
  } finally {
    warn.mockRestore();
    await dashboard.close();
  }
});
