import { type Instrument, symbolOf } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { WebSocket } from 'ws';
import { backOffMs } from '../back-off.ts';
import { createFaultSink, type FaultSink, type FeedFault } from '../faults.ts';
import type { Feed, FeedCounts, FeedHandlers, FeedState } from '../feed.ts';
import { type ControlFrame, FrameReader } from './public-frames.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

/** A frame above this is not read; one above the socket's limit also ends the connection. */
const FRAME_BYTES_MAX = 1_048_576;
const SOCKET_BYTES_MAX = 8 * FRAME_BYTES_MAX;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const WATCH_EVERY_MAX_MS = 1_000;
const DEFAULTS = {
  random: Math.random,
  staleAfterMs: 10_000,
  pingEveryMs: 20_000,
  answerTimeoutMs: 10_000,
  reconnectDelayMaxMs: 30_000,
};
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
  return new BybitFeed(options);
}

class BybitFeed implements Feed {
  readonly counts: FeedCounts = { frames: 0, events: 0, connects: 0, faults: {} };
  readonly #options: Required<BybitFeedOptions>;
  readonly #url: string;
  readonly #fault: FaultSink;
  readonly #reader: FrameReader;
  readonly #subscriptions: Subscriptions;
  #socket: WebSocket | undefined;
  #state: FeedState | undefined;
  #attempt = 0;
  #lastDataAt = 0;
  #pingSentAt = 0;
  #awaitingPong = false;
  #retry: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #stopped = false;
  #paused = false;

  constructor(options: BybitFeedOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#url = new URL('/v5/public/linear', options.url).href;
    this.#fault = createFaultSink(this.counts.faults, options.log);
    this.#reader = new FrameReader(options.instruments, this.#fault);
    const topics = options.instruments.flatMap(({ id }) =>
      CHANNELS.map((channel) => `${channel}.${symbolOf(id)}`),
    );
    const send = (text: string): void => this.#socket?.send(text);
    this.#subscriptions = createSubscriptions(topics, send, this.#fault);
    this.#connect();
  }

  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearInterval(this.#watchdog);
    const last = this.#socket;
    if (last === undefined || last.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => last.once('close', resolve));
    last.terminate();
    await closed;
  }

  #enter(state: FeedState, reason: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.log.info({ state, reason, url: this.#url }, 'feed state');
    this.#options.handlers.onState(state, reason);
  }

  #connect(): void {
    this.#enter('connecting', this.#attempt === 0 ? 'start' : `attempt ${this.#attempt + 1}`);
    this.counts.connects += 1;
    const opened = new WebSocket(this.#url, {
      perMessageDeflate: false,
      maxPayload: SOCKET_BYTES_MAX,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    this.#socket = opened;
    let reason = 'FEED_CONNECTION_LOST';
    opened.on('open', () => this.#onOpen());
    opened.on('message', (data: Buffer, isBinary: boolean) => this.#onMessage(data, isBinary));
    opened.on('error', (error: Error & { code?: string }) => {
      reason = error.message;
      if (error.code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return;
      this.#fault('FEED_FRAME_TOO_LARGE', reason);
    });
    opened.on('close', (code: number) => {
      if (opened !== this.#socket || this.#stopped) return;
      this.#fault('FEED_CONNECTION_LOST', `${reason} (${code})`);
      this.#onLost(reason);
    });
  }

  #onOpen(): void {
    const now = Date.now();
    this.#lastDataAt = now;
    this.#pingSentAt = now;
    this.#awaitingPong = false;
    this.#reader.reset();
    this.#subscriptions.start(now);
    if (this.#paused) this.#socket?.pause();
    const { staleAfterMs, answerTimeoutMs } = this.#options;
    const watchEveryMs = Math.min(WATCH_EVERY_MAX_MS, staleAfterMs / 4, answerTimeoutMs / 4);
    this.#watchdog = setInterval(() => this.#watch(), watchEveryMs);
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.counts.frames += 1;
    if (data.length > FRAME_BYTES_MAX) {
      this.#fault('FEED_FRAME_TOO_LARGE', `${data.length} bytes`);
      return;
    }
    if (isBinary) {
      this.#fault('FEED_FRAME_MALFORMED', 'binary frame');
      return;
    }
    const now = Date.now();
    const frame = this.#reader.read(data.toString('utf8'), now);
    if (frame.kind === 'control') {
      this.#onControl(frame.control, now);
    } else if (frame.kind === 'data') {
      this.#lastDataAt = now;
      this.#attempt = 0;
      this.#enter('live', 'data');
      this.counts.events += frame.events.length;
      if (frame.events.length > 0) this.#options.handlers.onEvents(frame.events);
    }
  }

  #onControl(control: ControlFrame, now: number): void {
    if (control.op === 'subscribe') this.#subscriptions.answer(control, now);
    else if (control.op === 'ping' || control.op === 'pong') this.#awaitingPong = false;
    else this.#fault('FEED_FRAME_MALFORMED', `op ${control.op}`);
  }

  /** An open socket proves nothing: only data, pongs and answers do. */
  #watch(): void {
    const now = Date.now();
    const { staleAfterMs, answerTimeoutMs, pingEveryMs } = this.#options;
    const sincePingMs = now - this.#pingSentAt;
    if (now - this.#lastDataAt > staleAfterMs) {
      this.#enter('stale', 'FEED_DATA_STALE');
      this.#giveUp('FEED_DATA_STALE');
    } else if (this.#awaitingPong && sincePingMs > answerTimeoutMs) {
      this.#giveUp('FEED_PONG_MISSING');
    } else if (this.#subscriptions.oldestAgeMs(now) > answerTimeoutMs) {
      this.#giveUp('FEED_SUBSCRIBE_UNANSWERED');
    } else if (this.#reader.snapshotOverdueMs(now) > answerTimeoutMs) {
      this.#giveUp('FEED_SNAPSHOT_MISSING');
    } else if (!this.#awaitingPong && sincePingMs >= pingEveryMs) {
      this.#pingSentAt = now;
      this.#awaitingPong = true;
      this.#socket?.send('{"op":"ping"}');
    }
  }

  #giveUp(code: FeedFault): void {
    this.#fault(code, this.#url);
    const dead = this.#socket;
    this.#onLost(code);
    dead?.terminate();
  }

  #onLost(reason: string): void {
    clearInterval(this.#watchdog);
    this.#socket = undefined;
    this.#enter('down', reason);
    const { random, reconnectDelayMaxMs } = this.#options;
    const delayMs = backOffMs(this.#attempt, random(), reconnectDelayMaxMs);
    this.#retry = setTimeout(() => this.#connect(), delayMs);
    this.#attempt += 1;
  }
}
