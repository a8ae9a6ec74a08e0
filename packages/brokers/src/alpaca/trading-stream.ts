import type { BrokerStreamHandlers } from '../broker.ts';
import { rawText } from '../raw-text.ts';
import { shown } from './errors.ts';
import { field } from './fields.ts';
import { passUpdate, type UpdateReader } from './trade-updates.ts';
import { type Login, TradingConnection } from './trading-connection.ts';

const CHANNEL = 'trade_updates';

/**
 * A connection that is not live within `liveWithinMs` is given up for a new one. The stream is mute
 * while no order moves, and a broken one can stay connected and mute: after `quietMs` without any
 * message the venue is asked to confirm the channel, and has to within `answerMs`.
 */
const TIMING = { liveWithinMs: 20_000, quietMs: 15_000, answerMs: 5_000 };

/** Before a new connection; doubled after each that did not get live. */
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 10_000;

/**
 * Orders and executions as the venue pushes them. There is no replay: `onLive` comes after the
 * login and the confirmed channel, each time anew. One connection at a time, each with a client of
 * its own: the SDK gives up for good after a refused login.
 */
export function openTradingStream(
  options: UpdateReader & Login,
  handlers: BrokerStreamHandlers,
  timing: typeof TIMING = TIMING,
): { close(): void } {
  let current: TradingConnection | null = null;
  let timer: NodeJS.Timeout | undefined;
  let live = false;
  let pauseMs = PAUSE_MS;

  const within = (ms: number, then: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };
  const drop = (): void => {
    const last = current;
    current = null;
    last?.drop();
  };
  const down = (reason: string): void => {
    drop();
    within(pauseMs, connect);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
    handlers.onDown(reason);
  };
  const heard = (): void => {
    within(timing.quietMs, () => {
      within(timing.answerMs, () => down('connected, but mute'));
      current?.subscribeTradeUpdates();
    });
  };
  const read = (frame: unknown): void => {
    if (live) heard();
    const channel = passFrame(options, frame, handlers);
    if (channel === 'refused') return down('channel refused');
    if (live || channel !== 'confirmed') return;
    live = true;
    pauseMs = PAUSE_MS;
    heard();
    handlers.onLive();
  };

  function connect(): void {
    live = false;
    const mine = new TradingConnection(options, {
      onFrame(frame) {
        if (mine === current) read(frame);
      },
      onBadFrame() {
        if (mine === current) handlers.onBadMessage('VENUE_MESSAGE_MALFORMED', 'no JSON message');
      },
      onEnd(reason) {
        if (mine === current) down(reason);
      },
    });
    current = mine;
    within(timing.liveWithinMs, () => down('no login in time'));
    mine.subscribeTradeUpdates();
    mine.connect();
  }

  connect();
  return {
    close() {
      clearTimeout(timer);
      drop();
    },
  };
}

/** Reads one message. @returns what it says about the channel */
function passFrame(
  reader: UpdateReader,
  frame: unknown,
  handlers: BrokerStreamHandlers,
): 'confirmed' | 'refused' | null {
  const stream = field(frame, 'stream');
  const data = field(frame, 'data');
  if (stream === CHANNEL) {
    passUpdate(reader, data, handlers);
  } else if (stream === 'listening') {
    const streams = field(data, 'streams');
    return Array.isArray(streams) && streams.includes(CHANNEL) ? 'confirmed' : 'refused';
  } else if (field(frame, 'action') === 'error') {
    const said = String(field(data, 'error_message'));
    handlers.onBadMessage('VENUE_STREAM_ERROR', shown(said));
  } else {
    handlers.onBadMessage('VENUE_MESSAGE_UNRECOGNISED', shown(String(stream)), rawText(frame));
  }
  return null;
}
