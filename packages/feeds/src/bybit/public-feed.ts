import { type Instrument, symbolOf } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { WebSocket } from 'ws';

import { backOffMs } from '../back-off.ts';
import { createFaultSink, type FeedFault } from '../faults.ts';
import type { Feed, FeedCounts, FeedHandlers, FeedState } from '../feed.ts';
import { createFrameReader } from './public-frames.ts';
import { createSubscriptions } from './subscriptions.ts';

/** A frame above this is not read; one above the socket's limit also ends the connection. */
const FRAME_BYTES_MAX = 1_048_576;
const SOCKET_BYTES_MAX = 8 * FRAME_BYTES_MAX;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const CHANNELS = ['publicTrade', 'tickers', 'kline.1'] as const;

export type BybitFeedOptions = {
  /** Any address at the venue's public socket host, for example wss://stream.bybit.com. */
  url: string;
  instruments: readonly Instrument[];
  handlers: FeedHandlers;
  log: Logger;
  /** 0 ≤ r < 1, for the jitter of reconnects. */
  random?: () => number;
  staleAfterMs?: number;
  pingEveryMs?: number;
  /** For a pong, for the answer to a subscription and for the snapshot that follows it. */
  answerTimeoutMs?: number;
  reconnectDelayMaxMs?: number;
};

/** Trades, best prices and one-minute bars of linear contracts from ByBit v5. Starts at once. */
export function openBybitFeed(options: BybitFeedOptions): Feed {
  const { handlers, log, random = Math.random } = options;
  const { staleAfterMs = 10_000, pingEveryMs = 20_000 } = options;
  const { answerTimeoutMs = 10_000, reconnectDelayMaxMs = 30_000 } = options;
  const url = new URL('/v5/public/linear', options.url).href;
  const counts: FeedCounts = { frames: 0, events: 0, connects: 0, faults: {} };
  const fault = createFaultSink(counts.faults, log);
  const reader = createFrameReader(options.instruments, fault);
  const topics = options.instruments.flatMap(({ id }) =>
    CHANNELS.map((channel) => `${channel}.${symbolOf(id)}`),
  );
  const subscriptions = createSubscriptions(topics, (text) => socket?.send(text), fault);
  const watchEveryMs = Math.max(10, Math.min(1_000, staleAfterMs / 4, answerTimeoutMs / 4));

  let socket: WebSocket | undefined;
  let state: FeedState | undefined;
  let attempt = 0;
  let lastDataAt = 0;
  let pingSentAt = 0;
  let awaitingPong = false;
  let retry: NodeJS.Timeout | undefined;
  let watchdog: NodeJS.Timeout | undefined;
  let stopped = false;
  let paused = false;

  function enter(next: FeedState, reason: string): void {
    if (next === state) return;
    state = next;
    log.info({ state, reason, url }, 'feed state');
    handlers.onState(next, reason);
  }

  function connect(): void {
    enter('connecting', attempt === 0 ? 'start' : `attempt ${attempt + 1}`);
    counts.connects += 1;
    const opened = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: SOCKET_BYTES_MAX,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    socket = opened;
    let reason = 'FEED_CONNECTION_LOST';
    opened.on('open', onOpen);
    opened.on('message', (data: Buffer, isBinary: boolean) => onMessage(data, isBinary));
    opened.on('error', (error: Error & { code?: string }) => {
      reason = error.message;
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') fault('FEED_FRAME_TOO_LARGE', reason);
    });
    opened.on('close', (code: number) => {
      if (opened !== socket || stopped) return;
      fault('FEED_CONNECTION_LOST', `${reason} (${code})`);
      onClose(reason);
    });
  }

  function onOpen(): void {
    const now = Date.now();
    lastDataAt = now;
    pingSentAt = now;
    awaitingPong = false;
    reader.reset();
    subscriptions.start(now);
    if (paused) socket?.pause();
    watchdog = setInterval(watch, watchEveryMs);
  }

  function onMessage(data: Buffer, isBinary: boolean): void {
    counts.frames += 1;
    if (data.length > FRAME_BYTES_MAX) {
      fault('FEED_FRAME_TOO_LARGE', `${data.length} bytes`);
      return;
    }
    if (isBinary) {
      fault('FEED_FRAME_MALFORMED', 'binary frame');
      return;
    }
    const now = Date.now();
    const frame = reader.read(data.toString('utf8'), now);
    if (frame.kind === 'control') {
      if (frame.control.op === 'subscribe') subscriptions.answer(frame.control, now);
      else if (frame.control.op === 'ping' || frame.control.op === 'pong') awaitingPong = false;
      else fault('FEED_FRAME_MALFORMED', `op ${frame.control.op}`);
    } else if (frame.kind === 'data') {
      lastDataAt = now;
      attempt = 0;
      enter('live', 'data');
      counts.events += frame.events.length;
      if (frame.events.length > 0) handlers.onEvents(frame.events);
    }
  }

  /** An open socket proves nothing: only data, pongs and answers do. */
  function watch(): void {
    const now = Date.now();
    if (now - lastDataAt > staleAfterMs) return giveUp('FEED_DATA_STALE', 'stale');
    if (awaitingPong && now - pingSentAt > answerTimeoutMs) return giveUp('FEED_PONG_MISSING');
    if (subscriptions.oldestAgeMs(now) > answerTimeoutMs)
      return giveUp('FEED_SUBSCRIBE_UNANSWERED');
    if (reader.snapshotOverdueMs(now) > answerTimeoutMs) return giveUp('FEED_SNAPSHOT_MISSING');
    if (!awaitingPong && now - pingSentAt >= pingEveryMs) {
      pingSentAt = now;
      awaitingPong = true;
      socket?.send('{"op":"ping"}');
    }
  }

  function giveUp(code: FeedFault, next?: 'stale'): void {
    fault(code, url);
    if (next !== undefined) enter(next, code);
    const dead = socket;
    onClose(code);
    dead?.terminate();
  }

  function onClose(reason: string): void {
    clearInterval(watchdog);
    socket = undefined;
    enter('down', reason);
    retry = setTimeout(connect, backOffMs(attempt, random(), reconnectDelayMaxMs));
    attempt += 1;
  }

  connect();
  return {
    counts,
    setPaused(next) {
      if (next === paused) return;
      paused = next;
      if (socket?.readyState !== WebSocket.OPEN) return;
      if (paused) socket.pause();
      else socket.resume();
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      clearInterval(watchdog);
      const last = socket;
      if (last === undefined || last.readyState === WebSocket.CLOSED) return;
      const closed = new Promise((resolve) => last.once('close', resolve));
      last.terminate();
      await closed;
    },
  };
}
