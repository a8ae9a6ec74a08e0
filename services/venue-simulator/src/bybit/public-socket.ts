import { bookOf } from '@ballast/sim-core';
import type { Market, MarketChange } from '../market.ts';
import { klineJson, orderbookJson, tickerJson, tradeJson } from './market-wire.ts';
import type { Server } from './server.ts';
import type { Client, Protocol } from './sockets.ts';
import { changeTopics } from './subscriptions.ts';

const TRADES_PER_FRAME_MAX = 1_024;
/** Tickers, the running bar and the book go out at most this often. */
const CONFLATE_MS = 250;
/** A quiet ticker is told again, as the venue's 24-hour numbers move on without a trade. */
const HEARTBEAT_MS = 500;
const DEPTHS = ['1', '50'];

type Shown = { ticker: Record<string, string>; at: number };

/** `/v5/public/linear`: publicTrade, tickers, kline.1, orderbook.1 and .50. */
export function createPublicSocket(server: Server): Protocol {
  const clients = new Set<Client>();
  const shown = new Map<string, Shown>();

  const send = (topic: string, make: () => object): void => {
    const takers = [...clients].filter((client) => client.topics.has(topic));
    if (takers.length === 0) return;
    const text = JSON.stringify(make());
    for (const client of takers) client.push(text);
  };

  const listener = {
    onMarket(change: MarketChange): void {
      sendTrades(send, change, server.now());
      sendClosedBars(send, change, server.now());
    },
  };
  server.venue.listeners.add(listener);

  const conflated = setInterval(() => sendConflated(server, send, shown), CONFLATE_MS);

  return {
    clients,
    receive(client, message) {
      const { op, req_id: requestId } = message;
      if (op === 'ping') {
        client.reply({
          success: true,
          ret_msg: 'pong',
          conn_id: client.id,
          req_id: requestId ?? '',
          op,
        });
        return;
      }
      if (op === 'subscribe' || op === 'unsubscribe') {
        const count = (code: string): void => server.count('public', code);
        const fresh = changeTopics(client, message, (topic) => isKnown(server, topic), count);
        for (const topic of fresh) sendFirst(server, client, topic, shown);
        return;
      }
      server.count('public', 'unknownOperation');
      client.reply({
        success: false,
        ret_msg: 'error:unknown op',
        conn_id: client.id,
        op: op ?? '',
      });
    },
    complain: (client, what) =>
      client.reply({ success: false, ret_msg: `error:${what}`, conn_id: client.id, op: '' }),
    close() {
      clearInterval(conflated);
      server.venue.listeners.delete(listener);
    },
  };
}

function sendConflated(server: Server, send: Send, shown: Map<string, Shown>): void {
  if (server.venue.frozen) return;
  const now = server.now();
  for (const market of server.venue.markets.values()) {
    if (market.source.ended) continue;
    sendTickerDelta(send, shown, market, now);
    sendRunningBar(send, market, now);
    for (const depth of DEPTHS) {
      const topic = `orderbook.${depth}.${market.symbol}`;
      send(topic, () => bookFrame(server, market, topic, Number(depth), now));
    }
  }
}

function isKnown(server: Server, topic: string): boolean {
  const [kind = '', ...rest] = topic.split('.');
  if (!server.venue.markets.has(rest.at(-1) ?? '')) return false;
  if (kind === 'publicTrade' || kind === 'tickers') return rest.length === 1;
  if (kind === 'kline') return rest.length === 2 && rest[0] === '1';
  return kind === 'orderbook' && rest.length === 2 && DEPTHS.includes(rest[0] ?? '');
}

type Send = (topic: string, make: () => object) => void;

function sendTrades(send: Send, { market, trades }: MarketChange, now: number): void {
  const topic = `publicTrade.${market.symbol}`;
  for (let from = 0; from < trades.length; from += TRADES_PER_FRAME_MAX) {
    const part = trades.slice(from, from + TRADES_PER_FRAME_MAX);
    send(topic, () => ({
      topic,
      type: 'snapshot',
      ts: now,
      data: part.map((trade) => tradeJson(market, trade)),
    }));
  }
}

function sendClosedBars(send: Send, { market, closedBars }: MarketChange, now: number): void {
  const topic = `kline.1.${market.symbol}`;
  for (const bar of closedBars) {
    send(topic, () => ({
      topic,
      type: 'snapshot',
      ts: now,
      data: [klineJson(market, bar, 1, true, now)],
    }));
  }
}

function sendRunningBar(send: Send, market: Market, now: number): void {
  const topic = `kline.1.${market.symbol}`;
  const bar = market.klines.bars.at(-1);
  if (bar === undefined) return;
  send(topic, () => ({
    topic,
    type: 'snapshot',
    ts: now,
    data: [klineJson(market, bar, 1, false, now)],
  }));
}

/** Only the fields that changed since the last frame; each client had them all at the start. */
function sendTickerDelta(send: Send, shown: Map<string, Shown>, market: Market, now: number): void {
  const ticker = tickerJson(market, now);
  const before = shown.get(market.symbol);
  shown.set(market.symbol, { ticker, at: before?.at ?? 0 });
  if (before === undefined) return;
  const changed = Object.entries(ticker).filter(([name, value]) => before.ticker[name] !== value);
  if (changed.length === 0 && now - before.at < HEARTBEAT_MS) return;
  shown.set(market.symbol, { ticker, at: now });
  const topic = `tickers.${market.symbol}`;
  send(topic, () => ({
    topic,
    type: 'delta',
    data: { symbol: market.symbol, ...Object.fromEntries(changed) },
    cs: market.sequence,
    ts: now,
  }));
}

function sendFirst(
  server: Server,
  client: Client,
  topic: string,
  shown: ReadonlyMap<string, Shown>,
): void {
  const [kind, depth] = topic.split('.');
  const market = server.venue.markets.get(topic.split('.').at(-1) ?? '');
  if (market === undefined) return;
  const now = server.now();
  if (kind === 'tickers') {
    // The values that the next delta starts from, not newer ones that it would not repeat.
    const data = shown.get(market.symbol)?.ticker ?? tickerJson(market, now);
    client.push(JSON.stringify({ topic, type: 'snapshot', data, cs: market.sequence, ts: now }));
  }
  if (kind === 'orderbook') {
    client.push(JSON.stringify(bookFrame(server, market, topic, Number(depth), now)));
  }
}

function bookFrame(
  server: Server,
  market: Market,
  topic: string,
  depth: number,
  now: number,
): object {
  const book = bookOf(server.venue.account, market.instrument.id);
  const data = book === undefined ? {} : orderbookJson(market, book, depth);
  return { topic, type: 'snapshot', ts: now, data, cts: now };
}
