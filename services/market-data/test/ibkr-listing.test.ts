import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Instrument, instrumentId, type InstrumentId, parseScaled } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import type { DataCommand } from '../src/commands/command-handlers.ts';
import { ibkrSource } from '../src/sources/equities.ts';
import type { Source } from '../src/sources/source.ts';
import { askBeforeAdding } from '../src/universe/ask-before-adding.ts';
import { ListingBook } from '../src/universe/listing.ts';

const SIMULATOR = join(import.meta.dirname, '../../venue-simulator/src/main.ts');
const log = createLogger('market-data-test', 'silent');
const ready = z.object({ twsHost: z.string(), twsPort: z.number() });
const id = (symbol: string): InstrumentId => instrumentId('ibkr', 'stock', symbol);
const [AAPL, MSFT, SPY] = [id('AAPL'), id('MSFT'), id('SPY')];
let simulator: ChildProcess;
let address: z.infer<typeof ready>;
let known: InstrumentId[];
let source: Source;

beforeAll(async () => {
  simulator = fork(SIMULATOR, {
    env: {
      ...compileCache,
      BALLAST_LOG_LEVEL: 'error',
      ...{ BALLAST_SIMULATOR_API_KEY: 'market-data', BALLAST_SIMULATOR_VENUES: 'ibkr' },
      BALLAST_SIMULATOR_API_SECRET: 'f4a1c7e09b2d58634fe0a9c1d7b3526e',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = await once(simulator, 'message');
  address = ready.parse(message);
});
beforeEach(() => {
  known = [instrumentId('alpaca', 'stock', 'NVDA'), AAPL];
  source = opened(address.twsPort);
});
afterAll(async () => {
  const ended = once(simulator, 'exit');
  simulator.kill('SIGTERM');
  await ended;
});

function opened(port: number): Source {
  const settings = { host: address.twsHost, port, clientId: 40, linesMax: 100 };
  return ibkrSource(settings, log, () => Promise.resolve(known));
}

async function openBook(of: Source) {
  const book = new ListingBook(['ibkr']);
  book.put('ibkr', (await source.listing?.()) ?? []);
  const fetch = () => Promise.resolve([]);
  const prepare = askBeforeAdding([{ venue: 'ibkr', fetch, ask: of.ask }], book);
  const add = (...instruments: InstrumentId[]) =>
    prepare({ type: 'addInstruments', body: { instruments, reason: 'test' } } as DataCommand);
  return { book, add };
}

test('the listing is of the stocks that are known here, with the terms of the venue', async () => {
  const list = await source.listing?.();
  expect(list).toEqual<Partial<Instrument>[]>([
    expect.objectContaining({
      ...{ id: AAPL, baseCurrency: 'AAPL', quoteCurrency: 'USD', session: 'us-equity' },
      ...{ tickSize: parseScaled('0.01'), lotSize: parseScaled('1'), sector: 'technology' },
    }),
  ]);
  known = [];
  expect(await source.listing?.()).toEqual([]);
});

test('what is to be added is asked for first, and stays in the listing', async () => {
  const { book, add } = await openBook(source);
  expect(await add(AAPL, MSFT, SPY, id('NOPE'), instrumentId('bybit', 'linear', 'X'))).toBeNull();
  expect([...(book.of('ibkr')?.keys() ?? [])]).toEqual([AAPL, MSFT, SPY]);
  expect(book.of('ibkr')?.get(SPY)).toMatchObject({ sector: null });
  expect((await source.listing?.())?.map((one) => one.id)).toEqual([AAPL, MSFT, SPY]);
  known.push(MSFT, SPY);
  expect((await source.listing?.())?.map((one) => one.id)).toEqual([AAPL, MSFT, SPY]);
  expect(await add(id('NOPE')), 'left to the handler, which does not find it').toBeNull();
});

test('a venue that cannot be asked and too many at once are refused', async () => {
  const { book, add } = await openBook(opened(1));
  expect(await add(AAPL), 'known already').toBeNull();
  expect(await add(MSFT)).toMatchObject({ code: 'LISTING_UNKNOWN' });
  const many = Array.from({ length: 51 }, (_, index) => id(`X${index}`));
  expect(await add(...many)).toMatchObject({ code: 'TOO_MANY_INSTRUMENTS' });
  expect(book.of('ibkr')?.size).toBe(1);
});
