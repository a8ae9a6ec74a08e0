import type { RawData, WebSocket } from 'ws';
import { isRecord, textOf } from '../bybit/json.ts';
import { FRONT_END, type FinnhubOptions } from './options.ts';
import { errorText, PING } from './wire.ts';

const SYMBOLS_MAX = 50;
const SYMBOL_MAX_LENGTH = 64;
const PING_EVERY_MS = 60_000;
/** A client that reads this far behind is cut off. */
const BUFFERED_MAX_BYTES = 16 * 1024 * 1024;

export type Connection = {
  /** A frame of trades in a symbol, when it is subscribed to. */
  tell(symbol: string, text: string): void;
  terminate(): void;
};

/** One client until it is gone. No subscription is acknowledged, and none is refused as unknown. */
export function serveConnection(
  options: FinnhubOptions,
  socket: WebSocket,
  onGone: () => void,
): Connection {
  const { faults, count } = options;
  const symbols = new Set<string>();
  const send = (text: string, kind: 'data' | 'ping'): void => {
    const state = faults.feedSocket();
    const passes = state === 'open' || (state === 'silent' && kind === 'ping');
    if (!passes || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > BUFFERED_MAX_BYTES) {
      count(FRONT_END, 'slowReader');
      socket.terminate();
      return;
    }
    socket.send(text);
  };
  const refuse = (code: string, msg: string): void => {
    count(FRONT_END, code);
    send(errorText(msg), 'data');
  };
  const pings = setInterval(() => send(PING, 'ping'), options.pingEveryMs ?? PING_EVERY_MS);

  function received(data: RawData): void {
    const message = readFrame(data);
    if (message === null) return refuse('malformedFrame', 'Invalid message');
    const symbol = textOf(message['symbol']);
    const type = textOf(message['type']);
    if (type !== 'subscribe' && type !== 'unsubscribe') {
      return refuse('unknownType', 'Unknown message type');
    }
    if (symbol === '' || symbol.length > SYMBOL_MAX_LENGTH) {
      return refuse('symbolInvalid', 'Invalid symbol');
    }
    if (type === 'unsubscribe') symbols.delete(symbol);
    else if (symbols.has(symbol) || symbols.size < (options.symbolsMax ?? SYMBOLS_MAX)) {
      symbols.add(symbol);
    } else refuse('tooManySymbols', 'Subscription limit reached for this API key');
  }

  socket.on('ping', (data: Buffer) => {
    if (faults.feedSocket() !== 'halfOpen') socket.pong(data);
  });
  socket.on('error', () => count(FRONT_END, 'connectionError'));
  socket.on('close', () => {
    clearInterval(pings);
    onGone();
  });
  socket.on('message', (data) => {
    if (faults.feedSocket() === 'halfOpen') return;
    try {
      received(data);
    } catch (error) {
      options.fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
  return {
    tell(symbol, text) {
      if (symbols.has(symbol)) send(text, 'data');
    },
    terminate: () => socket.terminate(),
  };
}

function readFrame(data: RawData): Record<string, unknown> | null {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data));
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
