import { createLogger } from '@ballast/observability';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { route } from '../alpaca/scripted-stream.fixture.ts';
import type { FeedEvent } from '../feed.ts';
import { type IbkrFeedOptions, openIbkrFeed } from './data-feed.ts';
import { type Field, REQUEST, type ScriptedTws, scriptedTws } from './scripted-tws.fixture.ts';

const WAIT = { timeout: 5_000, interval: 5 };
const AT = 1_790_000_000;
const session = 'continuous';
const [AAPL, MSFT] = [route('AAPL', { session }), route('MSFT', { session })];
const AAPL_ID = '265598';
const MSFT_ID = '272093';

async function open(options: Partial<IbkrFeedOptions> = {}, prepare?: (tws: ScriptedTws) => void) {
  const tws = await scriptedTws();
  prepare?.(tws);
  const events: FeedEvent[] = [];
  const states: string[] = [];
  const feed = openIbkrFeed({
    ...tws.target,
    routes: [AAPL],
    tickByTickRoutes: 1,
    linesMax: 100,
    handlers: {
      onEvents: (batch) => events.push(...batch),
      onState: (state, reason) => states.push(`${state} ${reason}`),
    },
    log: createLogger('ibkr-feed', 'silent'),
    random: () => 0,
    reconnectDelayMaxMs: 20,
    ...options,
  });
  onTestFinished(() => feed.stop());
  const isAsked = (kind: keyof typeof REQUEST, text: string) =>
    vi.waitFor(() => expect(tws.idOf(kind, text)).not.toBe('none'), WAIT);
  return { tws, feed, events, states, isAsked };
}

const tradeTick = (
  id: Field,
  change: {
    price?: Field;
    size?: Field;
    mask?: Field;
    exchange?: string;
    conditions?: string;
  } = {},
) => {
  const { price = '126.55', size = 100, mask = 0, exchange = 'NASDAQ', conditions = '' } = change;
  return [99, id, 2, AT, price, size, mask, exchange, conditions];
};
const quoteTick = (id: Field, bid: Field, ask: Field) => [99, id, 3, AT, bid, ask, 3, 4, 0];

/** A feed whose one route has its tick-by-tick data. */
async function ticking(options: Partial<IbkrFeedOptions> = {}) {
  const opened = await open(options);
  await opened.isAsked('ticks', 'AllLast');
  await opened.isAsked('ticks', 'BidAsk');
  const { tws } = opened;
  return { ...opened, trades: tws.idOf('ticks', 'AllLast'), quotes: tws.idOf('ticks', 'BidAsk') };
}

describe('the feed of IBKR', () => {
  test('asks for the contract, then for its trades and quotes tick by tick', async () => {
    const { tws, feed, events, states, trades, quotes } = await ticking();
    tws.send(tradeTick(trades), tradeTick(trades), quoteTick(quotes, '126.54', '126.56'));
    await vi.waitFor(() => expect(events).toHaveLength(3), WAIT);
    expect(events).toMatchObject([
      {
        kind: 'trade',
        trade: {
          instrument: 'alpaca.stock:AAPL',
          source: 'ibkr',
          venueTradeId: `${AT}-126.55-100-NASDAQ-1`,
          price: '126.55',
          quantity: '100',
          takerSide: null,
          eventTime: AT * 1_000,
        },
      },
      { kind: 'trade', trade: { venueTradeId: `${AT}-126.55-100-NASDAQ-2` } },
      { kind: 'quote', quote: { bid: '126.54', askQuantity: '4', last: '126.55' } },
    ]);
    expect(states).toEqual(['connecting start', 'live data']);
    expect(feed.counts).toMatchObject({ connects: 1, events: 3, faults: {} });
    expect(tws.requests.find(([kind]) => kind === REQUEST.ticks)).toContain(AAPL_ID);
  });

  test('serves further routes as lines of quotes, and names those without one', async () => {
    const routes = [AAPL, MSFT, route('IBM', { session })];
    const { tws, feed, events, isAsked } = await open({ routes, linesMax: 3 });
    await isAsked('line', MSFT_ID);
    expect(feed.counts.faults).toEqual({ FEED_SYMBOL_LIMIT: 1 });
    const id = tws.idOf('line', MSFT_ID);
    const side = (price: Field, priceField: number, sizeField: number) => [
      [1, 6, id, priceField, price, 5, 0],
      [2, 6, id, sizeField, 5],
    ];
    // Bid and ask of one change: the quote between them never was.
    tws.send(...side('10.00', 1, 0), ...side('10.01', 2, 3), ...side('10.01', 4, 5));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    tws.send(...side('10.05', 1, 0), ...side('10.06', 2, 3));
    await vi.waitFor(() => expect(events).toHaveLength(2), WAIT);
    expect(events).toMatchObject([
      { quote: { bid: '10', bidQuantity: '5', ask: '10.01', last: '10.01' } },
      { quote: { bid: '10.05', ask: '10.06', last: '10.01' } },
    ]);
    tws.send([1, 6, id, 1, -1, 0, 0], [1, 6, id, 4, '10.02', 5, 0]);
    await vi.waitFor(() => expect(feed.counts.frames).toBeGreaterThan(5), WAIT);
    expect(events).toHaveLength(2);
  });

  test.each([
    ['a price below zero', { price: -5 }, 'FEED_PRICE_INVALID'],
    ['a price off the tick', { price: '126.5512' }, 'FEED_OFF_TICK'],
    ['no size', { size: '' }, 'FEED_QUANTITY_INVALID'],
    ['an exchange that would break a row', { exchange: 'N\t1' }, 'FEED_FIELD_INVALID'],
  ] as const)('counts %s and uses the rest', async (_what, change, code) => {
    const { tws, feed, events, trades } = await ticking({ routes: [route('AAPL', { session })] });
    tws.send(tradeTick(trades, change), tradeTick(trades));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(feed.counts.faults).toEqual({ [code]: 1 });
  });

  test('leaves out trades that are no price of the market', async () => {
    const { tws, feed, events, trades } = await ticking();
    tws.send(tradeTick(trades, { mask: 2 }), tradeTick(trades, { conditions: ' 7 V' }));
    tws.send(tradeTick(trades, { conditions: '   I' }));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(feed.counts.faults).toEqual({});
  });

  test('comes back with a fresh login after a cut', async () => {
    const { tws, states, events, trades, feed } = await ticking();
    tws.send(tradeTick(trades));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    tws.cut();
    await vi.waitFor(() => expect(tws.connects()).toBe(2), WAIT);
    const asked = () => tws.requests.filter(([kind]) => kind === REQUEST.ticks).length;
    await vi.waitFor(() => expect(asked()).toBe(4), WAIT);
    tws.send(tradeTick(tws.idOf('ticks', 'AllLast')));
    await vi.waitFor(() => expect(events).toHaveLength(2), WAIT);
    expect(states.map((state) => state.split(' ')[0])).toEqual([
      'connecting',
      'live',
      'down',
      'connecting',
      'live',
    ]);
    expect(feed.counts.faults).toEqual({ FEED_CONNECTION_LOST: 1 });
    // The contract is known: it is not asked for again. Names go on where they were.
    expect(tws.requests.filter(([kind]) => kind === REQUEST.contract)).toHaveLength(1);
    expect(events[1]).toMatchObject({ trade: { venueTradeId: `${AT}-126.55-100-NASDAQ-2` } });
  });

  test('finds a connection that is open and mute by the age of its data', async () => {
    const { tws, feed, states } = await open({ staleAfterMs: 60, pingEveryMs: 20 });
    await vi.waitFor(() => expect(tws.connects()).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults.FEED_DATA_STALE).toBeGreaterThan(0);
    expect(states.slice(0, 3)).toEqual([
      'connecting start',
      'stale FEED_DATA_STALE',
      'down FEED_DATA_STALE',
    ]);
  });

  test('finds a connection that answers no ping', async () => {
    const { tws, feed } = await open({ pingEveryMs: 20, answerTimeoutMs: 60 }, (venue) =>
      venue.answers.delete(REQUEST.time),
    );
    await vi.waitFor(() => expect(tws.connects()).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults.FEED_PONG_MISSING).toBeGreaterThan(0);
    expect(tws.requests.map(([kind]) => kind)).toContain(REQUEST.time);
  });

  test('is stale while TWS is cut off, and live with the next data', async () => {
    const { tws, feed, events, states, trades } = await ticking();
    tws.send(tradeTick(trades), [4, 2, -1, 1100, 'Connectivity lost', '']);
    await vi.waitFor(() => expect(states.at(-1)).toBe('stale FEED_SOURCE_AWAY'), WAIT);
    tws.send([4, 2, -1, 1102, 'restored, data maintained', ''], tradeTick(trades));
    await vi.waitFor(() => expect(states.at(-1)).toBe('live data'), WAIT);
    expect(events).toHaveLength(2);
    expect(feed.counts.faults).toEqual({ FEED_SOURCE_AWAY: 1 });
    tws.send([4, 2, -1, 1101, 'restored, data lost', '']);
    await vi.waitFor(() => expect(tws.connects()).toBe(2), WAIT);
  });

  test.each([
    [10_197, 'No market data during competing live session', 'FEED_SESSION_TAKEN'],
    [100, 'Max rate of messages per second has been exceeded', 'FEED_RATE_LIMITED'],
  ] as const)('gives up the connection on %i', async (code, text, fault) => {
    const { tws, feed, trades } = await ticking();
    tws.send([4, 2, trades, code, text, '']);
    await vi.waitFor(() => expect(tws.connects()).toBe(2), WAIT);
    expect(feed.counts.faults).toEqual({ [fault]: 1 });
  });

  test.each([
    [354, 'Not subscribed', 'FEED_NOT_ENTITLED'],
    [10_186, 'Not subscribed, delayed data is not enabled', 'FEED_NOT_ENTITLED'],
    [101, 'Max number of tickers has been reached', 'FEED_SYMBOL_LIMIT'],
    [322, 'Max number of requests reached', 'FEED_SYMBOL_LIMIT'],
  ] as const)('names why a route is not served: %i', async (code, text, fault) => {
    const { tws, feed, trades } = await ticking();
    tws.send([4, 2, trades, code, text, '']);
    await vi.waitFor(() => expect(feed.counts.faults).toEqual({ [fault]: 1 }), WAIT);
    expect(tws.connects()).toBe(1);
  });

  test('falls back to a line of quotes where no more tick-by-tick data is to be had', async () => {
    const { tws, feed, isAsked, trades } = await ticking();
    tws.send([4, 2, trades, 10_190, 'Max number of tick-by-tick requests has been reached', '']);
    await isAsked('line', AAPL_ID);
    expect(feed.counts.faults).toEqual({ FEED_SYMBOL_LIMIT: 1 });
    expect(tws.requests.filter(([kind]) => kind === REQUEST.cancelTicks)).toHaveLength(2);
  });

  test('names a symbol that has no contract, and serves the others', async () => {
    const routes = [route('GME', { session }), MSFT];
    const { feed, isAsked } = await open({ routes });
    await isAsked('line', MSFT_ID);
    expect(feed.counts.faults).toEqual({ FEED_SYMBOL_UNKNOWN: 1 });
  });

  test('changes what it follows while it runs', async () => {
    const { tws, feed, events, trades } = await ticking();
    feed.setRoutes([MSFT]);
    const cancelled = () => tws.requests.filter((one) => one[0] === REQUEST.cancelTicks);
    await vi.waitFor(() => expect(cancelled().map(([, id]) => id)).toContain(trades), WAIT);
    await vi.waitFor(
      () => expect(tws.requests.filter((one) => one[0] === REQUEST.ticks)).toHaveLength(4),
      WAIT,
    );
    tws.send(tradeTick(trades), tradeTick(tws.idOf('ticks', 'AllLast')));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(events).toMatchObject([{ trade: { instrument: 'alpaca.stock:MSFT' } }]);
    expect(() => feed.setRoutes([MSFT, MSFT])).toThrow('MSFT');
    expect(tws.connects()).toBe(1);
  });

  test('what one route gives up of tick-by-tick data the next one gets', async () => {
    const [ibm, limits] = [route('IBM', { session }), { tickByTickRoutes: 1, linesMax: 4 }];
    const { tws, feed, isAsked } = await open({ routes: [AAPL, MSFT], ...limits });
    await isAsked('line', MSFT_ID);
    await isAsked('ticks', AAPL_ID);
    const ticks = () => tws.requests.filter(([kind]) => kind === REQUEST.ticks);
    // A new one before them takes nothing away from them.
    feed.setRoutes([ibm, AAPL, MSFT]);
    feed.setRoutes([ibm, MSFT, AAPL]);
    feed.setRoutes([MSFT, ibm]);
    await isAsked('ticks', MSFT_ID);
    await vi.waitFor(() => expect(ticks()).toHaveLength(4), WAIT);
    expect(ticks().filter((one) => one.includes(MSFT_ID))).toHaveLength(2);
    const cancelled = tws.requests.filter(([kind]) => kind === REQUEST.cancelLine);
    expect(cancelled.map(([, , id]) => id)).toEqual([tws.idOf('line', MSFT_ID)]);
  });

  test('says where trades begin that it tells later than others', async () => {
    const { tws, feed, events, trades, isAsked } = await ticking({ routes: [AAPL, MSFT] });
    tws.send(tradeTick(trades));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    await isAsked('line', MSFT_ID);
    feed.setRoutes([MSFT]);
    await isAsked('ticks', MSFT_ID);
    await vi.waitFor(
      () => expect(tws.requests.filter((one) => one[0] === REQUEST.ticks)).toHaveLength(4),
      WAIT,
    );
    const later = tws.idOf('ticks', 'AllLast');
    tws.send(tradeTick(later, { price: -5 }), tradeTick(later), tradeTick(later));
    await vi.waitFor(() => expect(events).toHaveLength(4), WAIT);
    expect(events.map(({ kind }) => kind)).toEqual(['trade', 'begin', 'trade', 'trade']);
    expect(events[1]).toMatchObject({ instrument: 'alpaca.stock:MSFT', source: 'ibkr' });
  });

  test('takes nothing while paused, and all of it afterwards', async () => {
    const { tws, feed, events, trades } = await ticking();
    feed.setPaused(true);
    tws.send(tradeTick(trades), tradeTick(trades));
    await tws.settled();
    expect(events).toEqual([]);
    feed.setPaused(false);
    await vi.waitFor(() => expect(events).toHaveLength(2), WAIT);
  });

  test('counts what is no message, and gives up what is no frame', async () => {
    const { tws, feed, events, trades } = await ticking();
    tws.raw(Buffer.from([0, 0, 0, 3, 57, 57, 57]));
    tws.send(tradeTick(trades));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(feed.counts.faults).toEqual({ FEED_FRAME_MALFORMED: 1 });
    tws.raw(Buffer.from([255, 255, 255, 255]));
    await vi.waitFor(() => expect(tws.connects()).toBe(2), WAIT);
  });

  test('names a client id that is in use', async () => {
    const { tws, feed, states } = await open();
    // Before its greeting a client takes nothing else.
    await vi.waitFor(() => expect(tws.logins).toHaveLength(1), WAIT);
    tws.send([4, 2, -1, 326, 'Unable to connect as the client id is already in use', '']);
    await vi.waitFor(() => expect(states).toContain('down FEED_CONNECTION_LIMIT'), WAIT);
    expect(feed.counts.faults).toMatchObject({ FEED_CONNECTION_LIMIT: 1 });
  });

  test('takes its other client id while another process has the first', async () => {
    const { tws, feed, isAsked } = await open({ otherClientId: 8 }, (venue) => {
      venue.takenIds.add('7');
    });
    await isAsked('ticks', AAPL_ID);
    expect(tws.logins).toEqual(['7', '8']);
    expect(feed.counts.faults).toEqual({ FEED_CONNECTION_LIMIT: 1 });
    tws.takenIds.delete('7');
    tws.takenIds.add('8');
    tws.cut();
    await vi.waitFor(() => expect(tws.logins).toEqual(['7', '8', '8', '7']), WAIT);
  });

  test('has nothing left when it has stopped', async () => {
    const { tws, feed, states } = await ticking();
    await feed.stop();
    await vi.waitFor(() => expect(tws.openNow()).toBe(0), WAIT);
    expect(states.at(-1)).toBe('connecting start');
    expect(tws.connects()).toBe(1);
  });
});
