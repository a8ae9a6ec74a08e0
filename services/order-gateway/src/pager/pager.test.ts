import { createServer, type Server } from 'node:http';
import type { UnsentPage } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { releasedBrake } from '@ballast/order-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Book } from '../journal/book.ts';
import type { Work } from '../journal/work.ts';
import { startPager } from './pager.ts';
import { webhook } from './webhook.ts';

const log = createLogger('test', 'silent');
const page: UnsentPage = {
  ...{ id: 'page-1', attempts: 0, incidentId: 'incident-1', kind: 'DRIFT' },
  ...{ instrument: 'bybit.linear:BTCUSDT', tradeId: null, detail: 'ledger 0, venue 1' },
  ...{ openedAt: 1, resolvedAt: null },
};
let server: Server;
let answers: number[];
let received: unknown[];
let url: string;

beforeEach(async () => {
  answers = [];
  received = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      received.push(JSON.parse(body));
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** A journal of pages: what is paged without an error is no longer unsent. */
function pagerOver(unsent: UnsentPage[]) {
  const works: Work[] = [];
  const listeners: (() => void)[] = [];
  const pauses: number[] = [];
  const empty = { trades: new Map(), unattributed: new Map(), positions: new Map() };
  const rest = { brake: releasedBrake('start', 'ballast'), auditHead: { seq: 0, hash: '' } };
  const journal = {
    book: { ...empty, ...rest, incidents: new Map() } as Book,
    onCommit: (listener: () => void) => void listeners.push(listener),
    async write(work: Work) {
      works.push(work);
      if (work.type === 'paged' && work.error === null) unsent.shift();
      for (const listener of listeners) listener();
    },
  };
  const clock = {
    now: () => 5,
    after(ms: number, act: () => void) {
      pauses.push(ms);
      const timer = setTimeout(act, 0);
      return () => clearTimeout(timer);
    },
  };
  const send = webhook(url, { account: 'one', mode: 'paper' });
  const pager = startPager({ journal, unsent: async () => [...unsent], send, clock, log });
  const opened = (id: string): void => {
    const { kind, detail } = page;
    const instrument = page.instrument as never;
    journal.book = {
      ...journal.book,
      incidents: new Map([[id, { id, kind, detail, instrument, tradeId: null }]]),
    };
    for (const listener of listeners) listener();
  };
  return { pager, works, pauses, opened, unsent };
}

test('a page is posted until it is taken, and every attempt is stored', async () => {
  answers = [500, 503];
  const { pager, works, pauses } = pagerOver([page]);
  await vi.waitFor(() => expect(works).toHaveLength(3));
  await pager.stop();
  expect(works).toEqual([
    { type: 'paged', id: 'page-1', at: 5, error: 'the receiver answered 500' },
    { type: 'paged', id: 'page-1', at: 5, error: 'the receiver answered 503' },
    { type: 'paged', id: 'page-1', at: 5, error: null },
  ]);
  expect(pauses.slice(0, 2)).toEqual([1_000, 2_000]);
  expect(received).toHaveLength(3);
  expect(received[0]).toMatchObject({
    ...{ id: 'page-1', account: 'one', mode: 'paper' },
    text: 'Ballast one (paper): DRIFT bybit.linear:BTCUSDT: ledger 0, venue 1',
    incident: { incidentId: 'incident-1', kind: 'DRIFT' },
  });
});

test('a page about the whole account names no instrument', async () => {
  const engaged = { ...page, kind: 'BRAKE_ENGAGED', instrument: null, detail: 'drawdown 25 %' };
  const { pager, works } = pagerOver([engaged]);
  await vi.waitFor(() => expect(works).toHaveLength(1));
  await pager.stop();
  expect(received).toMatchObject([
    { text: 'Ballast one (paper): BRAKE_ENGAGED: drawdown 25 %', incident: { instrument: null } },
  ]);
});

test('an incident that opens later wakes the pager', async () => {
  const { pager, works, opened, unsent } = pagerOver([]);
  unsent.push(page);
  opened('incident-1');
  await vi.waitFor(() => expect(works).toHaveLength(1));
  await pager.stop();
  expect(received).toHaveLength(1);
});

test('a receiver that is away is a reason too', async () => {
  await new Promise((resolve) => server.close(resolve));
  const { pager, works } = pagerOver([page]);
  await vi.waitFor(() => expect(works.length).toBeGreaterThan(1));
  await pager.stop();
  expect(works[0]).toMatchObject({ type: 'paged', error: 'fetch failed' });
});
