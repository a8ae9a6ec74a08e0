import { WebSocket } from 'ws';
import { backOffMs } from '../back-off.ts';
import { createFaultSink, type FaultSink, FeedError, type FeedFault } from '../faults.ts';
import type { Feed, FeedCounts, FeedState, Route } from '../feed.ts';
import type { FeedOptions, FeedTimes } from './feed-options.ts';
import type { FrameOutcome, ProtocolLink, SocketProtocol } from './protocol.ts';
import { checkRoutes, isAnySessionOpen } from './routes.ts';
import { refusalOf } from './upgrade-refusal.ts';

/** A frame above this is not read; one above the socket's limit also ends the connection. */
const FRAME_BYTES_MAX = 1_048_576;
const SOCKET_BYTES_MAX = 8 * FRAME_BYTES_MAX;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const WATCH_EVERY_MAX_MS = 1_000;
/** A source that refuses us is asked again after the longest delay only. */
const ATTEMPT_AFTER_REFUSAL = 30;

export type SocketAddress = {
  /** May hold a secret: it is never logged nor part of an error. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What logs call the connection. */
  readonly label: string;
};

/**
 * Opens a feed over a websocket: the protocol speaks, this keeps the connection. Starts at once.
 * @throws FeedError FEED_URL_INVALID, FEED_ROUTE_REPEATED and what the protocol's setRoutes throws
 */
export function openSocketFeed(
  address: SocketAddress,
  options: FeedOptions & FeedTimes,
  createProtocol: (link: ProtocolLink) => SocketProtocol,
): Feed {
  if (!URL.canParse(address.url) || !/^wss?:/.test(address.url)) {
    throw new FeedError('FEED_URL_INVALID', `${address.label}: not the address of a websocket`);
  }
  return new SocketFeed(address, options, createProtocol);
}

class SocketFeed implements Feed {
  readonly counts: FeedCounts = { frames: 0, events: 0, connects: 0, faults: {} };
  readonly #options: FeedOptions & FeedTimes;
  readonly #address: SocketAddress;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #fault: FaultSink;
  readonly #protocol: SocketProtocol;
  #routes: readonly Route[] = [];
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

  constructor(
    address: SocketAddress,
    options: FeedOptions & FeedTimes,
    createProtocol: (link: ProtocolLink) => SocketProtocol,
  ) {
    this.#options = options;
    this.#address = address;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#fault = createFaultSink(this.counts.faults, options.log, this.#now, (fault) => {
      options.handlers.onFault?.(fault);
    });
    this.#protocol = createProtocol({
      send: (data) => {
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(data);
      },
      fault: this.#fault,
    });
    this.setRoutes(options.routes);
    this.#connect();
  }

  get source(): Feed['source'] {
    return this.#protocol.source;
  }

  setRoutes(routes: readonly Route[]): void {
    checkRoutes(routes);
    this.#protocol.setRoutes(routes, this.#now());
    this.#routes = routes;
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
    this.#options.log.info({ state, reason, feed: this.#address.label }, 'feed state');
    this.#options.handlers.onState(state, reason);
  }

  #connect(): void {
    this.#enter('connecting', this.#attempt === 0 ? 'start' : `attempt ${this.#attempt + 1}`);
    this.counts.connects += 1;
    const opened = new WebSocket(this.#address.url, {
      perMessageDeflate: false,
      // A tenth faster, and text that is none costs its frame, not the connection.
      skipUTF8Validation: true,
      maxPayload: SOCKET_BYTES_MAX,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      ...(this.#address.headers === undefined ? {} : { headers: this.#address.headers }),
    });
    this.#socket = opened;
    let reason = 'FEED_CONNECTION_LOST';
    let refusal: FeedFault | null = null;
    opened.on('open', () => this.#onOpen());
    opened.on('message', (data: Buffer, isBinary: boolean) => {
      if (opened === this.#socket) this.#onMessage(data, isBinary);
    });
    opened.on('pong', () => {
      this.#awaitingPong = false;
    });
    opened.on('error', (error: Error & { code?: string }) => {
      reason = error.message;
      refusal = refusalOf(reason);
      if (error.code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return;
      this.#fault('FEED_FRAME_TOO_LARGE', reason);
    });
    opened.on('close', (code: number) => {
      if (opened !== this.#socket || this.#stopped) return;
      if (refusal !== null) this.#attempt = ATTEMPT_AFTER_REFUSAL;
      this.#fault(refusal ?? 'FEED_CONNECTION_LOST', `${reason} (${code})`);
      this.#onLost(refusal ?? reason);
    });
  }

  #onOpen(): void {
    const now = this.#now();
    this.#lastDataAt = now;
    this.#pingSentAt = now;
    this.#awaitingPong = false;
    this.#protocol.onOpen(now);
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
    const { frames } = this.#protocol;
    if (frames !== 'both' && isBinary !== (frames === 'binary')) {
      this.#fault('FEED_FRAME_MALFORMED', isBinary ? 'binary frame' : data.toString('utf8'));
      return;
    }
    const now = this.#now();
    this.#settle(this.#protocol.read(isBinary ? null : data.toString('utf8'), data, now), now);
  }

  #settle(outcome: FrameOutcome, now: number): void {
    switch (outcome.kind) {
      case 'data':
        this.#lastDataAt = now;
        this.#attempt = 0;
        this.#enter('live', 'data');
        this.counts.events += outcome.events.length;
        if (outcome.events.length > 0) this.#options.handlers.onEvents(outcome.events);
        return;
      case 'answer':
        this.#awaitingPong = false;
        return;
      case 'refused':
        if (outcome.isPassing !== true) this.#attempt = ATTEMPT_AFTER_REFUSAL;
        this.#giveUp(outcome.code, outcome.message);
        return;
      case 'unusable':
        return;
      default:
        outcome satisfies never;
    }
  }

  /** An open socket proves nothing: only data, pongs and answers do. */
  #watch(): void {
    const now = this.#now();
    const { staleAfterMs, answerTimeoutMs, pingEveryMs } = this.#options;
    const sincePingMs = now - this.#pingSentAt;
    if (!isAnySessionOpen(this.#routes, now)) this.#onNothingExpected(now);
    if (now - this.#lastDataAt > staleAfterMs) {
      this.#enter('stale', 'FEED_DATA_STALE');
      this.#giveUp('FEED_DATA_STALE');
      return;
    }
    if (this.#awaitingPong && sincePingMs > answerTimeoutMs) {
      this.#giveUp('FEED_PONG_MISSING');
      return;
    }
    const overdue = this.#protocol.overdue(now);
    if (overdue !== null) this.#giveUp(overdue);
    else if (!this.#awaitingPong && sincePingMs >= pingEveryMs) this.#ping(now);
  }

  /** Markets are closed, or nothing is wanted: silence is in order and its age starts anew. */
  #onNothingExpected(now: number): void {
    this.#lastDataAt = now;
    if (!this.#awaitingPong) this.#enter('live', 'no session is open');
  }

  #ping(now: number): void {
    const { ping } = this.#protocol;
    if (ping === null) return;
    this.#pingSentAt = now;
    this.#awaitingPong = true;
    if (ping === 'socket') this.#socket?.ping();
    else this.#socket?.send(ping.message);
  }

  #giveUp(code: FeedFault, sample = this.#address.label): void {
    this.#fault(code, sample);
    const dead = this.#socket;
    this.#onLost(code);
    dead?.terminate();
  }

  #onLost(reason: string): void {
    clearInterval(this.#watchdog);
    this.#socket = undefined;
    this.#enter('down', reason);
    const { reconnectDelayMaxMs } = this.#options;
    const delayMs = backOffMs(this.#attempt, this.#random(), reconnectDelayMaxMs);
    this.#retry = setTimeout(() => this.#connect(), delayMs);
    this.#attempt += 1;
  }
}
