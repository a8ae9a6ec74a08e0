import { formatScaled } from '@ballast/domain';
import { decode, encode } from '@msgpack/msgpack';
import { isRecord, textOf } from '../bybit/json.ts';
import type { MinuteBar } from '../klines.ts';
import type { Market, MarketChange } from '../market.ts';
import type { AlpacaOptions } from './options.ts';
import type { Stream, StreamClient } from './sockets.ts';

export const DATA_PATH = '/v2/iex';
const CHANNELS = ['trades', 'quotes', 'bars'] as const;
type Channel = (typeof CHANNELS)[number];
const SILENT_CHANNELS = ['updatedBars', 'dailyBars', 'statuses', 'lulds', 'imbalances'];
/** IEX, on tape C. */
const EXCHANGE = 'V';
const TAPE = 'C';

type Subscriber = { authenticated: boolean; readonly on: Readonly<Record<Channel, Set<string>>> };
type Frame = Readonly<Record<string, unknown>>;

export type DataStream = Stream & { change(change: MarketChange, at: number): void };

/** `/v2/iex`: msgpack arrays both ways; trades, quotes and minute bars of the simulated market. */
export function createDataStream({
  venue,
  credentials,
  count,
}: Pick<AlpacaOptions, 'venue' | 'credentials' | 'count'>): DataStream {
  const clients = new Map<StreamClient, Subscriber>();
  const send = (client: StreamClient, frames: readonly Frame[]): void =>
    client.send(encode(frames));
  const refuse = (client: StreamClient, code: number, msg: string): void => {
    count('alpaca', `data ${code}`);
    send(client, [{ T: 'error', code, msg }]);
  };

  function authenticate(client: StreamClient, its: Subscriber, message: Frame): void {
    if (its.authenticated) return refuse(client, 403, 'already authenticated');
    const { key, secret } = credentials;
    if (message['key'] !== key || message['secret'] !== secret) {
      refuse(client, 402, 'auth failed');
      client.close();
      return;
    }
    its.authenticated = true;
    send(client, [{ T: 'success', msg: 'authenticated' }]);
  }

  function subscribe(client: StreamClient, its: Subscriber, message: Frame, add: boolean): void {
    if (!its.authenticated) return refuse(client, 401, 'not authenticated');
    for (const channel of CHANNELS) {
      for (const symbol of symbolsOf(message[channel])) {
        if (symbol !== '*' && !venue.markets.has(symbol)) {
          return refuse(client, 400, `invalid syntax: no such symbol ${symbol.slice(0, 20)}`);
        }
      }
    }
    for (const channel of CHANNELS) {
      for (const symbol of symbolsOf(message[channel])) {
        if (add) its.on[channel].add(symbol);
        else its.on[channel].delete(symbol);
      }
    }
    const active = CHANNELS.map((channel) => [channel, [...its.on[channel]]] as const);
    const silent = SILENT_CHANNELS.map((channel) => [channel, []] as const);
    send(client, [{ T: 'subscription', ...Object.fromEntries([...active, ...silent]) }]);
  }

  return {
    opened(client) {
      const on = { trades: new Set<string>(), quotes: new Set<string>(), bars: new Set<string>() };
      clients.set(client, { authenticated: false, on });
      send(client, [{ T: 'success', msg: 'connected' }]);
    },
    closed: (client) => void clients.delete(client),
    received(client, bytes) {
      const its = clients.get(client);
      const message = readFrame(bytes);
      if (its === undefined || message === null) return refuse(client, 400, 'invalid syntax');
      const action = textOf(message['action']);
      if (action === 'auth') return authenticate(client, its, message);
      if (action === 'subscribe') return subscribe(client, its, message, true);
      if (action === 'unsubscribe') return subscribe(client, its, message, false);
      refuse(client, 400, 'invalid syntax');
    },
    change(change, at) {
      for (const [client, { on }] of clients) {
        const frames = framesFor(on, change, at);
        if (frames.length > 0) send(client, frames);
      }
    },
  };
}

/** What of a change a client has asked for. */
function framesFor(on: Subscriber['on'], change: MarketChange, at: number): Frame[] {
  const { symbol } = change.market;
  const wants = (channel: Channel): boolean => on[channel].has(symbol) || on[channel].has('*');
  return [
    ...(wants('trades') ? tradeFrames(change) : []),
    ...(wants('quotes') && change.trades.length > 0 ? [quoteFrame(change.market, at)] : []),
    ...(wants('bars') ? barFrames(change) : []),
  ];
}

function tradeFrames({ market, trades }: MarketChange): Frame[] {
  return trades.map((trade) => ({
    T: 't',
    S: market.symbol,
    i: trade.sequence,
    x: EXCHANGE,
    p: priceOf(market, trade.priceTicks),
    s: sizeOf(market, trade.sizeLots),
    t: new Date(trade.at),
    c: ['@'],
    z: TAPE,
  }));
}

function quoteFrame({ symbol, print }: Market, at: number): Frame {
  const depth = Number(formatScaled(print.depth));
  return {
    T: 'q',
    S: symbol,
    bx: EXCHANGE,
    bp: Number(formatScaled(print.bid)),
    bs: depth,
    ax: EXCHANGE,
    ap: Number(formatScaled(print.ask)),
    as: depth,
    t: new Date(at),
    c: ['R'],
    z: TAPE,
  };
}

/** The venue sends no bar for a minute without a trade. */
function barFrames({ market, closedBars }: MarketChange): Frame[] {
  return closedBars.filter(({ lots }) => lots > 0).map((bar) => barFrame(market, bar));
}

function barFrame(market: Market, bar: MinuteBar): Frame {
  const averageTicks = Number(bar.turnover) / bar.lots;
  return {
    T: 'b',
    S: market.symbol,
    o: priceOf(market, bar.open),
    h: priceOf(market, bar.high),
    l: priceOf(market, bar.low),
    c: priceOf(market, bar.close),
    v: sizeOf(market, bar.lots),
    t: new Date(bar.openTime),
    // The simulated market counts volume, not trades.
    n: 1,
    vw: averageTicks * Number(formatScaled(market.instrument.tickSize)),
  };
}

function priceOf(market: Market, ticks: number): number {
  return Number(formatScaled(BigInt(ticks) * market.instrument.tickSize));
}

function sizeOf(market: Market, lots: number): number {
  return Number(formatScaled(BigInt(lots) * market.instrument.lotSize));
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
