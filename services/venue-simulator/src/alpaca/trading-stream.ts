import { isRecord, textOf } from '../bybit/json.ts';
import type { AlpacaOptions } from './options.ts';
import type { Stream, StreamClient } from './sockets.ts';

export const TRADING_PATH = '/stream';
const STREAMS = ['trade_updates'];

export type TradingStream = Stream & {
  /** To each client that listens. */
  tell(data: Readonly<Record<string, unknown>>): void;
};

/** `/stream`: authenticate, listen, then `trade_updates`. No sequence and no replay. */
export function createTradingStream({
  credentials,
  count,
}: Pick<AlpacaOptions, 'credentials' | 'count'>): TradingStream {
  const authorised = new Set<StreamClient>();
  const listening = new Set<StreamClient>();

  function refuse(client: StreamClient, code: string, words: string): void {
    count('alpaca', code);
    reply(client, { action: 'error', data: { error_message: words } });
  }

  function authenticate(client: StreamClient, data: unknown): void {
    const [key, secret] = isRecord(data) ? [data['key_id'], data['secret_key']] : [];
    const valid = key === credentials.key && secret === credentials.secret;
    if (valid) authorised.add(client);
    else count('alpaca', 'unauthorized');
    const status = valid ? 'authorized' : 'unauthorized';
    reply(client, { stream: 'authorization', data: { status, action: 'authenticate' } });
  }

  function listen(client: StreamClient, data: unknown): void {
    if (!authorised.has(client)) return refuse(client, 'notAuthenticated', 'not authenticated');
    const named = isRecord(data) ? data['streams'] : undefined;
    if (!Array.isArray(named)) return refuse(client, 'FRAME_MALFORMED', 'invalid streams');
    const streams = STREAMS.filter((stream) => named.includes(stream));
    if (streams.length === 0) listening.delete(client);
    else listening.add(client);
    reply(client, { stream: 'listening', data: { streams } });
  }

  return {
    isPublic: false,
    opened: () => undefined,
    received(client, bytes) {
      const message = readJson(bytes);
      if (message === null) return refuse(client, 'FRAME_MALFORMED', 'invalid syntax');
      const action = textOf(message['action']);
      if (action === 'authenticate' || action === 'auth') {
        // The older form has the key at the top of the message.
        return authenticate(client, message['data'] ?? oldForm(message));
      }
      if (action === 'listen') return listen(client, message['data']);
      refuse(client, 'unknownAction', `unknown action: ${action.slice(0, 40)}`);
    },
    closed(client) {
      authorised.delete(client);
      listening.delete(client);
    },
    tell(data) {
      for (const client of listening) reply(client, { stream: 'trade_updates', data });
    },
  };
}

function oldForm(message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { key_id: message['key'], secret_key: message['secret'] };
}

function reply(client: StreamClient, frame: object): void {
  client.send(Buffer.from(JSON.stringify(frame)));
}

function readJson(bytes: Buffer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
