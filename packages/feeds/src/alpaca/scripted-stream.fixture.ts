import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { decode, encode } from '@msgpack/msgpack';
import {
  type ScriptedConnection,
  type SocketScript,
  startScriptedSocket,
} from '../connection/scripted-socket.fixture.ts';
import type { ContractServer, ContractTrade } from '../feed-contract.fixture.ts';
import type { Route } from '../feed.ts';

export const CREDENTIALS = { key: 'PK-CANARY-KEY', secret: 'canary-secret-of-no-account' };

/** Only trades come for such an instrument around the clock. */
export function route(symbol: string, change: Partial<Instrument> = {}): Route {
  const instrument: Instrument = {
    id: instrumentId('alpaca', 'stock', symbol.replace('/', '')),
    baseCurrency: symbol,
    quoteCurrency: 'USD',
    tickSize: parseScaled('0.01'),
    lotSize: parseScaled('1'),
    minQuantity: parseQuantity('1'),
    maxQuantity: parseQuantity('100000'),
    minNotional: 0n,
    multiplier: parseScaled('1'),
    sector: null,
    session: 'us-equity',
    ...change,
  };
  return { instrument, symbol };
}

export type StreamScript = {
  /** In place of the login's answer. */
  login?: readonly object[];
  /** In place of the answer to a subscription; null answers nothing, undefined as usual. */
  subscription?(symbols: readonly string[]): readonly object[] | null | undefined;
};

/** The venue's stream as its documentation has it. */
export function startStream(script: StreamScript = {}): Promise<ContractServer> {
  return startScriptedSocket(socketScript(script));
}

function socketScript(script: StreamScript): SocketScript {
  const send = ({ socket }: ScriptedConnection, items: readonly object[]): void =>
    socket.send(encode(items));
  return {
    onConnection: (connection) => send(connection, [{ T: 'success', msg: 'connected' }]),
    onMessage(data, connection) {
      const message = decode(data);
      const field = (name: string): unknown =>
        typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;
      const action = field('action');
      if (action === 'auth') {
        const { key, secret } = CREDENTIALS;
        const isKnown = field('key') === key && field('secret') === secret;
        const refused = [{ T: 'error', code: 402, msg: 'auth failed' }];
        const answer = isKnown ? [{ T: 'success', msg: 'authenticated' }] : refused;
        send(connection, script.login ?? answer);
        return;
      }
      const asked = field('trades');
      const symbols = Array.isArray(asked) ? asked.map(String) : [];
      const answer = action === 'subscribe' ? script.subscription?.(symbols) : undefined;
      if (answer === null) return;
      if (answer !== undefined) return send(connection, answer);
      for (const symbol of symbols) {
        if (action === 'subscribe') connection.symbols.add(symbol);
        else connection.symbols.delete(symbol);
      }
      const all = [...connection.symbols];
      const lists = { trades: all, quotes: all, bars: all, updatedBars: all };
      send(connection, [{ T: 'subscription', ...lists }]);
    },
  };
}

export function frame(...items: readonly object[]): Buffer {
  return Buffer.from(encode(items));
}

export function tradeItem(symbol: string, { price, quantity, eventTime, id }: ContractTrade) {
  const what = { T: 't', S: symbol, i: Number(id), x: 'V', z: 'C', c: ['@'] };
  return { ...what, p: Number(price), s: Number(quantity), t: new Date(eventTime) };
}
