import type { Malformation } from '@ballast/sim-core';
import { decode, encode } from '@msgpack/msgpack';
import { isRecord, textOf } from '../bybit/json.ts';
import { malformBytes } from '../malformed.ts';
import type { Market, MarketChange } from '../market.ts';
import { createTradeFeed, type FeedMessage } from '../trade-feed.ts';
import {
  barFrame,
  cancelFrame,
  correctionFrame,
  type Frame,
  quoteFrame,
  tradeFrame,
} from './market-wire.ts';
import type { AlpacaOptions } from './options.ts';
import type { Stream, StreamClient } from './sockets.ts';

export const DATA_PATH = '/v2/iex';
const CHANNELS = ['trades', 'quotes', 'bars', 'updatedBars'] as const;
type Channel = (typeof CHANNELS)[number];
const SILENT_CHANNELS = ['dailyBars', 'statuses', 'lulds', 'imbalances'];

type Subscriber = { authenticated: boolean; readonly on: Readonly<Record<Channel, Set<string>>> };
type Tell = (
  market: Market,
  channel: Channel,
  frames: () => readonly Frame[],
  malformed?: Malformation | null,
) => void;

export type DataStream = Stream & { change(change: MarketChange): void; close(): void };

/** `/v2/iex`: msgpack arrays both ways; trades, quotes and minute bars of the simulated market. */
export function createDataStream(
  options: Pick<AlpacaOptions, 'venue' | 'credentials' | 'count' | 'faults' | 'now'>,
  breakConnections: () => void,
): DataStream {
  const { venue, faults, now } = options;
  const clients = new Map<StreamClient, Subscriber>();
  const desk = createDesk(options);

  const tell: Tell = (market, channel, frames, malformed = null) => {
    let bytes: Uint8Array | null = null;
    for (const [client, { on }] of clients) {
      if (!on[channel].has(market.symbol) && !on[channel].has('*')) continue;
      bytes ??= encodeAll(frames(), malformed);
      client.send(bytes);
    }
  };
  const feed = createTradeFeed({
    venue,
    faults,
    send: (message) => tellMessage(tell, message),
    breakConnections,
  });

  return {
    isPublic: true,
    opened(client) {
      const on = {
        trades: new Set<string>(),
        quotes: new Set<string>(),
        bars: new Set<string>(),
        updatedBars: new Set<string>(),
      };
      clients.set(client, { authenticated: false, on });
      send(client, [{ T: 'success', msg: 'connected' }]);
    },
    closed: (client) => void clients.delete(client),
    received(client, bytes) {
      const its = clients.get(client);
      const message = readFrame(bytes);
      if (its === undefined || message === null) return desk.refuse(client, 400, 'invalid syntax');
      const action = textOf(message['action']);
      if (action === 'auth') return desk.authenticate(client, its, message);
      if (action === 'subscribe') return desk.subscribe(client, its, message, true);
      if (action === 'unsubscribe') return desk.subscribe(client, its, message, false);
      desk.refuse(client, 400, 'invalid syntax');
    },
    change(change) {
      const { market, trades, closedBars } = change;
      feed.tell(change);
      if (trades.length > 0) tell(market, 'quotes', () => [quoteFrame(market, now())]);
      // The venue sends no bar for a minute without a trade.
      const bars = closedBars.filter((bar) => bar.trades > 0);
      if (bars.length > 0)
        tell(market, 'bars', () => bars.map((bar) => barFrame(market, bar, 'b')));
    },
    close: () => feed.close(),
  };
}

/** Corrections and cancels come to who has asked for trades, changed bars to who asked for them. */
function tellMessage(tell: Tell, message: FeedMessage): void {
  const { market } = message;
  if (message.kind === 'trades') {
    const { trades, malformed } = message;
    tell(market, 'trades', () => trades.map((trade) => tradeFrame(market, trade)), malformed);
    return;
  }
  const { before, after, bar } = message;
  tell(market, 'trades', () => [
    after === null ? cancelFrame(market, before) : correctionFrame(market, before, after),
  ]);
  const isClosed = bar.openTime !== market.klines.running?.openTime;
  if (isClosed && bar.trades > 0) tell(market, 'updatedBars', () => [barFrame(market, bar, 'u')]);
}

type Desk = {
  refuse(client: StreamClient, code: number, msg: string): void;
  authenticate(client: StreamClient, its: Subscriber, message: Frame): void;
  subscribe(client: StreamClient, its: Subscriber, message: Frame, add: boolean): void;
};

/** Login and subscriptions. */
function createDesk({
  venue,
  credentials,
  count,
}: Pick<AlpacaOptions, 'venue' | 'credentials' | 'count'>): Desk {
  const refuse = (client: StreamClient, code: number, msg: string): void => {
    count('alpaca', `data ${code}`);
    send(client, [{ T: 'error', code, msg }]);
  };
  return {
    refuse,
    authenticate(client, its, message) {
      if (its.authenticated) return refuse(client, 403, 'already authenticated');
      const { key, secret } = credentials;
      if (message['key'] !== key || message['secret'] !== secret) {
        refuse(client, 402, 'auth failed');
        client.close();
        return;
      }
      its.authenticated = true;
      send(client, [{ T: 'success', msg: 'authenticated' }]);
    },
    subscribe(client, its, message, add) {
      if (!its.authenticated) return refuse(client, 401, 'not authenticated');
      const asked = CHANNELS.map((channel) => [channel, symbolsOf(message[channel])] as const);
      const symbols = asked.flatMap(([, named]) => named);
      const unknown = symbols.find((symbol) => symbol !== '*' && !venue.markets.has(symbol));
      if (unknown !== undefined) {
        return refuse(client, 400, `invalid syntax: no such symbol ${unknown.slice(0, 20)}`);
      }
      for (const [channel, named] of asked) {
        for (const symbol of named) {
          if (add) its.on[channel].add(symbol);
          else its.on[channel].delete(symbol);
        }
      }
      const active = CHANNELS.map((channel) => [channel, [...its.on[channel]]] as const);
      const silent = SILENT_CHANNELS.map((channel) => [channel, []] as const);
      send(client, [{ T: 'subscription', ...Object.fromEntries([...active, ...silent]) }]);
    },
  };
}

const send = (client: StreamClient, frames: readonly Frame[]): void => client.send(encode(frames));

function encodeAll(frames: readonly Frame[], malformed: Malformation | null): Uint8Array {
  if (malformed === null) return encode(frames);
  const broken =
    malformed === 'wrongType' ? frames.map((frame) => ({ ...frame, p: { value: 1 } })) : frames;
  return malformBytes(encode(broken), malformed);
}

function symbolsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((symbol): symbol is string => typeof symbol === 'string');
}

function readFrame(bytes: Buffer): Record<string, unknown> | null {
  try {
    const decoded: unknown = decode(bytes);
    return isRecord(decoded) ? decoded : null;
  } catch {
    return null;
  }
}
