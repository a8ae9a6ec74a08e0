import { EventName } from '@stoqey/ib';
import type { FaultSink } from '../faults.ts';
import type { FeedEvent, Route } from '../feed.ts';
import { createContractQuestions } from '../ibkr/contracts.ts';
import { type Link, wireLink } from '../ibkr/link.ts';
import { MarketLines } from '../ibkr/market-lines.ts';
import { TickReader } from '../ibkr/ticks.ts';
import { fuzzRoute, type FuzzReader, type FuzzTarget } from './target.ts';

const AT = 1_700_000_040;
/** Ids of requests, as they come to be given: two for ticks, one for the line of quotes. */
const [TRADES, QUOTES, LINE] = [1, 2, 3];
const CONTRACT = 900;
const TARGET = { host: '127.0.0.1', port: 1, clientId: 1 };
const LIMITS = { tickByTickRoutes: 1, linesMax: 3 };
/** Then a new connection: what was refused on the old one would be heard of no more. */
const FRAMES_PER_SESSION = 50;

type Fields = readonly (string | number)[];
const GREETING: Fields = [193, '20261120 14:00:00 UTC'];
const LOGIN: Fields = [9, 1, 11];
const TIME: Fields = [49, 1, AT];

/** Messages of the text wire, each field as it stands there. */
const MESSAGES: readonly Fields[] = [
  [99, TRADES, 2, AT, '100.15', 2, 0, 'NASDAQ', ' @ I'],
  [99, TRADES, 1, AT, '100.15', 2, 0, 'ARCA', ''],
  [99, QUOTES, 3, AT, '100.10', '100.20', 3, 4, 0],
  [1, 6, LINE, 1, '99.90', 5, 0],
  [2, 6, LINE, 0, 5],
  [1, 6, LINE, 2, '99.91', 5, 0],
  [2, 6, LINE, 3, 5],
  [1, 6, LINE, 4, '99.91', 5, 0],
  [4, 2, LINE, 399, 'a warning', ''],
  [4, 2, -1, 2104, 'Market data farm connection is OK', ''],
  [
    ...[10, CONTRACT, 'AAPL', 'STK', '', '', 0, '', 'SMART', 'USD', 'AAPL', 'NMS', 'NMS', 265_598],
    ...['0.01', '', 'LMT', 'SMART', 1, 0, 'APPLE INC', 'NASDAQ', '', 'Technology', '', '', 'UTC'],
    ...['', '', '', '', 0, 1, '', '', '26', '', 'COMMON', 1, 1, 1, 0],
  ],
  [52, 1, CONTRACT],
  [17, CONTRACT, 'from', 'to', 1, AT, 1, 2, 1, 2, 300, '1.5', 7],
  TIME,
];

/** What the SDK tells of such messages, with the arguments of each event. */
const TICKS: readonly (readonly [EventName, ...unknown[]])[] = [
  [EventName.tickByTickAllLast, TRADES, 1, AT, 100.15, 2, { unreported: false }, 'NASDAQ', '@'],
  [EventName.tickByTickBidAsk, QUOTES, AT, 100.1, 100.2, 3, 4, {}],
  [EventName.tickPrice, LINE, 1, 99.9, {}],
  [EventName.tickSize, LINE, 0, 5],
  [EventName.tickPrice, LINE, 2, 99.91, {}],
  [EventName.tickSize, LINE, 3, 5],
  [EventName.tickPrice, LINE, 4, 99.91, {}],
];
const EVENTS: ReadonlySet<unknown> = new Set(TICKS.map(([name]) => name));

/** The messages of TWS as bytes, through the SDK and its guard; and what the SDK makes of them. */
export function ibkrTargets(): FuzzTarget[] {
  const routes = ['AAPL', 'MSFT'].map((symbol) => fuzzRoute('ibkr', 'stock', symbol));
  const asJson = (list: readonly unknown[]): Buffer[] =>
    list.map((one) => Buffer.from(JSON.stringify(one)));
  return [
    {
      name: 'ibkr messages',
      routes,
      samples: MESSAGES.map(frameOf),
      values: {
        samples: asJson(MESSAGES),
        toWire: (fields) => frameOf(Array.isArray(fields) ? fields : [fields]),
      },
      open: (fault) => messageReader(routes, fault),
    },
    {
      name: 'ibkr ticks',
      routes,
      samples: asJson(TICKS),
      open: (fault) => tickReader(routes, fault),
    },
  ];
}

function frameOf(fields: readonly unknown[]): Buffer {
  const body = Buffer.from(fields.map((field) => `${String(field)}\0`).join(''));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** A connection that has just logged in and whose routes are asked for; nothing is ever sent. */
function openSession(routes: readonly Route[], fault: FaultSink, clock: { now: number }) {
  const told: FeedEvent[] = [];
  const state = { isOpen: true, pongs: 0 };
  const link: Link = wireLink(TARGET, {
    onReady: () => undefined,
    onSystem: (code, text) => fault('FEED_SOURCE_ERROR', `${code} ${text}`),
    onFault: (id, code, text) => lines.onFault(id, code, text),
    onBadMessage: (detail) => fault('FEED_FRAME_MALFORMED', detail),
    onSettled: () => lines.settle(),
    onEnded: () => {
      state.isOpen = false;
    },
  });
  const lines = new MarketLines(link, {
    limits: LIMITS,
    budget: { take: () => new Promise(() => undefined) },
    fault,
    readerOf: (route) => new TickReader(route, fault),
    contractIds: new Map([...routes.entries()].map(([index, { symbol }]) => [symbol, index + 1])),
    now: () => clock.now,
    onData: (events) => void told.push(...events),
    onRefused: (code, message) => fault(code, message),
  });
  lines.setRoutes(routes);
  const questions = createContractQuestions(link);
  questions.ask(CONTRACT, { symbol: 'AAPL', currency: 'USD' }, clock.now, () => undefined);
  link.api.on(EventName.currentTime, () => {
    state.pongs += 1;
  });
  for (const greeting of [GREETING, LOGIN]) link.take(frameOf(greeting));
  return { link, lines, told, state };
}

function messageReader(routes: readonly Route[], fault: FaultSink): FuzzReader {
  const clock = { now: AT * 1_000 };
  let session = openSession(routes, fault, clock);
  let frames = 0;
  return (frame, receivedTime) => {
    frames += 1;
    clock.now = receivedTime;
    const { link, told, state } = session;
    const before = state.pongs;
    link.take(frame);
    // Where the next message is not found any more, a feed's data age ends the connection.
    if (state.isOpen) link.take(frameOf(TIME));
    if (!state.isOpen || state.pongs === before || frames % FRAMES_PER_SESSION === 0) {
      link.end('CLOSED');
      session = openSession(routes, fault, clock);
    }
    return told.splice(0);
  };
}

function tickReader(routes: readonly Route[], fault: FaultSink): FuzzReader {
  const clock = { now: AT * 1_000 };
  const { link, lines, told } = openSession(routes, fault, clock);
  return (frame, receivedTime) => {
    clock.now = receivedTime;
    const [name, ...args] = readArguments(frame);
    if (typeof name === 'string' && EVENTS.has(name)) link.api.emit(name, ...args);
    else fault('FEED_TOPIC_UNKNOWN', typeof name);
    lines.settle();
    return told.splice(0);
  };
}

/** With what the decoder gives for a field that it could not read. */
function readArguments(frame: Buffer): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(frame.toString('utf8'));
    if (!Array.isArray(read)) return [];
    return read.map((one: unknown) => (one === 'NaN' ? Number.NaN : (one ?? undefined)));
  } catch {
    return [];
  }
}
