import type { PublicTrade } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FeedOptions } from './connection/feed-options.ts';
import type { FaultNotice, FeedFault } from './faults.ts';
import type { Feed, FeedEvent, FeedState, Route } from './feed.ts';

/** A source's side of the wire, on loopback. `Frame` is what it sends at once. */
export type ContractServer<Frame = string | Buffer> = {
  readonly url: string;
  /** Connections of the feed so far, and those open now. */
  connects(): number;
  openNow(): number;
  /** Whether the newest connection has asked for the symbol and not given it up. */
  isAsked(symbol: string): boolean;
  /** To the newest connection. */
  send(frame: Frame): void;
  /** Ends the newest connection without a word. */
  cut(): void;
  /** Resolves when the feed has had all that was sent, unless it did not take it. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

export type ContractTrade = { price: string; quantity: string; eventTime: number; id: string };

/**
 * `renamed`: of a symbol that nobody has asked for; `retyped`: a field has another type than ever
 * before.
 */
const BROKEN = ['truncated', 'oversized', 'renamed', 'retyped'] as const;
type Broken = (typeof BROKEN)[number];
type BrokenFrame<Frame> = {
  readonly frame: Frame;
  readonly code: FeedFault;
  /** The next frame cannot be found after it. */
  readonly endsConnection?: true;
};

/** What the contract needs to know of a source. */
export type ContractSource<Frame = string | Buffer> = {
  readonly name: string;
  /** Two routes of instruments whose session never ends. */
  readonly routes: readonly [Route, Route];
  start(): Promise<ContractServer<Frame>>;
  open(server: ContractServer<Frame>, options: FeedOptions): Feed;
  /** `id` where the source has ids. Trades that differ in nothing else differ in their id. */
  tradeFrame(symbol: string, ...trades: ContractTrade[]): Frame;
  /** Frames that bring nothing, each with how it is counted. */
  readonly faulty: readonly { what: string; frame: Frame; code: FeedFault }[];
  /** Trades of the symbol that went bad, as each source must be shown to stand them. */
  broken(symbol: string): Readonly<Record<Broken, BrokenFrame<Frame> | 'has no symbols'>>;
  /** Step of the source's times; 1 where it is not named. */
  readonly timeStepMs?: number;
  /** False where trades have no ids: one that is told again is another trade then. */
  readonly hasIds?: boolean;
  /** False where the venue lets nothing be changed on a running connection. */
  readonly keepsConnection?: boolean;
};

const WAIT = { timeout: 5_000, interval: 5 };
const SOON_MS = 40;
const AT = 1_700_000_000_000;
/** The tests that every feed passes, over a real connection. */
export function describeFeedContract<Frame>(source: ContractSource<Frame>): void {
  const [first, second] = source.routes;
  const { timeStepMs: step = 1, hasIds = true } = source;
  const trade = (index: number, change: Partial<ContractTrade> = {}): ContractTrade => ({
    price: `100.${index}5`,
    quantity: '2',
    eventTime: AT + index * step,
    id: `${index}`,
    ...change,
  });

  describe(`${source.name} keeps the contract of a feed`, () => {
    let server: ContractServer<Frame>;
    let feed: Feed;

    afterEach(async () => {
      await feed.stop();
      await server.stop();
    });

    async function open(options: Partial<FeedOptions> = {}) {
      server = await source.start();
      const events: FeedEvent[] = [];
      const states: [FeedState, string][] = [];
      const faults: FaultNotice[] = [];
      feed = source.open(server, {
        routes: [first],
        handlers: {
          onEvents: (batch) => events.push(...batch),
          onState: (state, reason) => states.push([state, reason]),
          onFault: (fault) => faults.push(fault),
        },
        log: createLogger('feed-contract', 'silent'),
        random: () => 0,
        reconnectDelayMaxMs: 20,
        ...options,
      });
      const symbol = (options.routes ?? [first])[0]?.symbol ?? '';
      await vi.waitFor(() => expect(server.isAsked(symbol)).toBe(true), WAIT);
      const trades = (): PublicTrade[] =>
        events.flatMap((event) => (event.kind === 'trade' ? [event.trade] : []));
      const tell = (...told: ContractTrade[]) =>
        server.send(source.tradeFrame(first.symbol, ...told));
      const had = (count: number) => vi.waitFor(() => expect(trades()).toHaveLength(count), WAIT);
      return { events, states, faults, trades, tell, had };
    }

    test('tells trades with every digit, and that it is live', async () => {
      const { states, trades, tell, had } = await open();
      tell(trade(1), trade(2, { price: '100.10', quantity: '0.5' }));
      await had(2);
      const { id: instrument } = first.instrument;
      expect(trades()).toMatchObject([
        { instrument, source: feed.source, price: '100.15', quantity: '2', eventTime: AT + step },
        { instrument, source: feed.source, quantity: '0.5', eventTime: AT + 2 * step },
      ]);
      expect(trades()[1]?.price).toMatch(/^100\.10?$/);
      expect(states.map(([state]) => state)).toEqual(['connecting', 'live']);
      expect(feed.counts).toMatchObject({ connects: 1, faults: {} });
    });

    test('comes back after a cut and asks again', async () => {
      const { states, tell, had } = await open();
      tell(trade(1));
      await had(1);
      server.cut();
      await vi.waitFor(() => expect(server.connects()).toBe(2), WAIT);
      await vi.waitFor(() => expect(server.isAsked(first.symbol)).toBe(true), WAIT);
      tell(trade(2));
      await had(2);
      expect(states.map(([state]) => state)).toEqual([
        'connecting',
        'live',
        'down',
        'connecting',
        'live',
      ]);
      expect(feed.counts.faults.FEED_CONNECTION_LOST).toBe(1);
    });

    test('finds a connection that is open and mute by the age of its data', async () => {
      const { states, tell, had } = await open({ staleAfterMs: 80 });
      tell(trade(1));
      await had(1);
      await vi.waitFor(() => expect(server.connects()).toBeGreaterThan(1), WAIT);
      expect(states.slice(1, 4)).toEqual([
        ['live', 'data'],
        ['stale', 'FEED_DATA_STALE'],
        ['down', 'FEED_DATA_STALE'],
      ]);
    });

    test.each(source.faulty)('counts $what and uses the rest', async ({ frame, code }) => {
      const { tell, had } = await open();
      server.send(frame);
      tell(trade(1));
      await had(1);
      expect(feed.counts.faults).toEqual({ [code]: 1 });
      expect(server.connects()).toBe(1);
    });

    test('tells of which instrument a trade was that it cannot use', async () => {
      const { faults, tell, had } = await open();
      tell(trade(1, { price: '-1' }));
      tell(trade(2));
      await had(1);
      const sample = expect.stringContaining('-1');
      expect(faults).toEqual([
        { code: 'FEED_PRICE_INVALID', sample, instrument: first.instrument.id },
      ]);
    });

    const broken = source.broken(first.symbol);
    const sorts = BROKEN.filter((sort) => broken[sort] !== 'has no symbols');
    test.each(sorts)('counts a trade that is %s and tells the next', async (sort) => {
      const bad = broken[sort];
      if (bad === 'has no symbols') throw new Error('nothing to send');
      const { tell, had } = await open();
      server.send(bad.frame);
      const isLost = bad.endsConnection === true;
      const faults = { [bad.code]: 1, ...(isLost ? { FEED_CONNECTION_LOST: 1 } : {}) };
      const connects = isLost ? 2 : 1;
      await vi.waitFor(() => expect(feed.counts.faults).toEqual(faults), WAIT);
      await vi.waitFor(() => expect(server.connects()).toBe(connects), WAIT);
      await vi.waitFor(() => expect(server.isAsked(first.symbol)).toBe(true), WAIT);
      tell(trade(1));
      await had(1);
      expect(feed.counts.faults).toEqual(faults);
      expect(server.connects()).toBe(connects);
    });

    test('passes on what is repeated, reordered or of the future, as it came', async () => {
      const { trades, tell, had } = await open();
      tell(trade(3), trade(2));
      tell(trade(1));
      tell(trade(1));
      tell(trade(4, { eventTime: AT + 10 ** 12 }));
      await had(5);
      const times = trades().map(({ eventTime }) => eventTime - AT);
      expect(times).toEqual([3 * step, 2 * step, step, step, 10 ** 12]);
      const ids = trades().map(({ venueTradeId }) => venueTradeId);
      expect(ids[3] === ids[2]).toBe(hasIds);
      expect(new Set(ids).size).toBe(hasIds ? 4 : 5);
      expect(feed.counts.faults).toEqual({});
    });

    test('tells apart equal trades of one moment', async () => {
      const { trades, tell, had } = await open();
      tell(trade(1, { id: '7' }), trade(1, { id: '8' }));
      await had(2);
      expect(trades()[0]?.venueTradeId).not.toBe(trades()[1]?.venueTradeId);
    });

    test('takes nothing while paused, and all of it afterwards', async () => {
      const { trades, tell, had } = await open();
      tell(trade(1));
      await had(1);
      feed.setPaused(true);
      tell(trade(2), trade(3));
      await server.settled();
      expect(trades()).toHaveLength(1);
      feed.setPaused(false);
      await had(3);
    });

    test('changes what it follows while it runs', async () => {
      const { trades, tell, had } = await open();
      tell(trade(1));
      await had(1);
      feed.setRoutes([second]);
      await vi.waitFor(() => expect(server.isAsked(second.symbol)).toBe(true), WAIT);
      await vi.waitFor(() => expect(server.isAsked(first.symbol)).toBe(false), WAIT);
      tell(trade(2));
      server.send(source.tradeFrame(second.symbol, trade(3)));
      await had(2);
      expect(trades().map(({ instrument }) => instrument)).toEqual([
        first.instrument.id,
        second.instrument.id,
      ]);
      expect(feed.counts.faults).toEqual({});
      if (source.keepsConnection ?? true) expect(server.connects()).toBe(1);
    });

    test('refuses routes that contradict each other and stays as it was', async () => {
      const { tell, had } = await open();
      expect(() => feed.setRoutes([second, { ...first, symbol: second.symbol }])).toThrow(
        expect.objectContaining({ code: 'FEED_ROUTE_REPEATED' }),
      );
      tell(trade(1));
      await had(1);
    });

    /** Long enough for whatever has outlived the feed to be seen by its deeds. */
    async function expectNothingAfterStop(states: readonly unknown[]): Promise<void> {
      await feed.stop();
      await vi.waitFor(() => expect(server.openNow()).toBe(0), WAIT);
      const [told, connects] = [states.length, feed.counts.connects];
      const end = performance.now() + 3 * SOON_MS;
      while (performance.now() < end) await server.settled();
      expect(states).toHaveLength(told);
      expect(feed.counts.connects).toBe(connects);
      expect(server.openNow()).toBe(0);
    }

    test('has nothing left when it has stopped with its connection open', async () => {
      const { states, tell, had } = await open({ staleAfterMs: SOON_MS });
      tell(trade(1));
      await had(1);
      await expectNothingAfterStop(states);
    });

    test('has nothing left when it has stopped between two connections', async () => {
      const { states } = await open({ reconnectDelayMaxMs: SOON_MS });
      server.cut();
      await vi.waitFor(() => expect(states.at(-1)?.[0]).toBe('down'), WAIT);
      await expectNothingAfterStop(states);
    });
  });
}
