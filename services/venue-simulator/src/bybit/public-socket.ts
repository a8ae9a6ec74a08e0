import { malformText } from '../malformed.ts';
import type { Market, MarketChange } from '../market.ts';
import { createTradeFeed, type FeedMessage } from '../trade-feed.ts';
import { BOOK_DEPTHS, type BookStream, createBookStream } from './book-stream.ts';
import { klineJson, tradeJson } from './market-wire.ts';
import type { Server } from './server.ts';
import type { Client, Protocol } from './sockets.ts';
import { changeTopics } from './subscriptions.ts';
import { createTickerStream, type TickerStream } from './ticker-stream.ts';

const TRADES_PER_FRAME_MAX = 1_024;
/** Tickers and the running bar go out at most this often. */
const CONFLATE_MS = 250;

export type PublicProtocol = Protocol & {
  /** As after a restart of the venue: books begin anew. */
  restart(): void;
};

type Streams = { readonly books: BookStream; readonly tickers: TickerStream };
/** To all that have a topic; not made when nobody has it. False: nobody has. */
type Send = (topic: string, make: () => object | string | null) => boolean;

/** `/v5/public/linear`: publicTrade, tickers, kline.1, orderbook.1 and .50. */
export function createPublicSocket(server: Server): PublicProtocol {
  const clients = new Set<Client>();
  const streams = { books: createBookStream(server), tickers: createTickerStream(server) };
  const send: Send = (topic, make) => {
    const takers = [...clients].filter((client) => client.topics.has(topic));
    if (takers.length === 0) return false;
    const made = make();
    const text = typeof made === 'string' ? made : JSON.stringify(made);
    if (made !== null) for (const client of takers) client.push(text);
    return true;
  };
  const feed = createTradeFeed({
    venue: server.venue,
    faults: server.faults,
    send: (message) => sendTrades(send, message, server.now()),
    breakConnections() {
      for (const client of clients) client.terminate();
    },
  });
  const listener = {
    onMarket(change: MarketChange): void {
      feed.tell(change);
      sendClosedBars(send, change, server.now());
      sendBooks(send, streams, change.market);
    },
  };
  server.venue.listeners.add(listener);
  const conflated = setInterval(() => sendConflated(server, send, streams), CONFLATE_MS);

  return {
    isPublic: true,
    clients,
    receive: (client, message) => receive(server, streams, client, message),
    complain: (client, what) =>
      client.reply({ success: false, ret_msg: `error:${what}`, conn_id: client.id, op: '' }),
    restart: () => streams.books.restart(),
    close() {
      clearInterval(conflated);
      feed.close();
      server.venue.listeners.delete(listener);
    },
  };
}

function receive(
  server: Server,
  streams: Streams,
  client: Client,
  message: Readonly<Record<string, unknown>>,
): void {
  const { op, req_id: requestId } = message;
  if (op === 'ping') {
    const pong = { success: true, ret_msg: 'pong', conn_id: client.id };
    client.reply({ ...pong, req_id: requestId ?? '', op });
    return;
  }
  if (op === 'subscribe' || op === 'unsubscribe') {
    const count = (code: string): void => server.count('public', code);
    const fresh = changeTopics(client, message, (topic) => isKnown(server, topic), count);
    for (const topic of fresh) sendFirst(server, streams, client, topic);
    return;
  }
  server.count('public', 'unknownOperation');
  const refused = { success: false, ret_msg: 'error:unknown op', conn_id: client.id };
  client.reply({ ...refused, op: op ?? '' });
}

function sendConflated(server: Server, send: Send, streams: Streams): void {
  if (server.venue.frozen) return;
  const now = server.now();
  for (const market of server.venue.markets.values()) {
    if (market.source.ended) continue;
    const isHeard = send(`tickers.${market.symbol}`, () => streams.tickers.next(market));
    if (!isHeard) streams.tickers.forget(market);
    sendRunningBar(send, market, now);
    sendBooks(send, streams, market);
  }
}

function sendBooks(send: Send, { books }: Streams, market: Market): void {
  for (const depth of BOOK_DEPTHS) {
    const isHeard = send(`orderbook.${depth}.${market.symbol}`, () => books.next(market, depth));
    if (!isHeard) books.forget(market, depth);
  }
}

function isKnown(server: Server, topic: string): boolean {
  const [kind = '', ...rest] = topic.split('.');
  if (!server.venue.markets.has(rest.at(-1) ?? '')) return false;
  if (kind === 'publicTrade' || kind === 'tickers') return rest.length === 1;
  if (kind === 'kline') return rest.length === 2 && rest[0] === '1';
  const isDepth = BOOK_DEPTHS.some((depth) => depth === rest[0]);
  return kind === 'orderbook' && rest.length === 2 && isDepth;
}

function sendTrades(send: Send, message: FeedMessage, now: number): void {
  if (message.kind !== 'trades') return;
  const { market, trades, malformed } = message;
  const topic = `publicTrade.${market.symbol}`;
  for (let from = 0; from < trades.length; from += TRADES_PER_FRAME_MAX) {
    const part = trades.slice(from, from + TRADES_PER_FRAME_MAX);
    send(topic, () => {
      const data = part.map((trade) => tradeJson(market, trade));
      const frame = { topic, type: 'snapshot', ts: now, data };
      return malformed === null ? frame : malformText(JSON.stringify(frame), malformed);
    });
  }
}

function sendClosedBars(send: Send, { market, closedBars }: MarketChange, now: number): void {
  const topic = `kline.1.${market.symbol}`;
  for (const bar of closedBars) {
    const data = (): object[] => [klineJson(market, bar, 1, true, now)];
    send(topic, () => ({ topic, type: 'snapshot', ts: now, data: data() }));
  }
}

function sendRunningBar(send: Send, market: Market, now: number): void {
  const topic = `kline.1.${market.symbol}`;
  const bar = market.klines.running;
  if (bar === undefined) return;
  const data = (): object[] => [klineJson(market, bar, 1, false, now)];
  send(topic, () => ({ topic, type: 'snapshot', ts: now, data: data() }));
}

function sendFirst(
  { venue }: Server,
  { books, tickers }: Streams,
  client: Client,
  topic: string,
): void {
  const [kind, depth = ''] = topic.split('.');
  const market = venue.markets.get(topic.split('.').at(-1) ?? '');
  if (market === undefined) return;
  if (kind === 'tickers') client.push(JSON.stringify(tickers.first(market)));
  if (kind === 'orderbook') client.push(JSON.stringify(books.first(market, depth)));
}
