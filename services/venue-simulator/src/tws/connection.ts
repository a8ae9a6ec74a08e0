import type { Socket } from 'node:net';
import { createFrameReader, encodeFrame, SERVER_VERSION } from './frame.ts';
import * as listings from './listing-requests.ts';
import { FRONT_END } from './options.ts';
import { timeText } from './order-wire.ts';
import { errorFrame, SYSTEM_ID, systemFrame } from './refusal.ts';
import { serveRequest } from './requests.ts';
import { createSession, type Session } from './session.ts';
import { sessionOf, type Tws } from './tws.ts';

const START_API = '71';
const CLIENT_ID = /^\d{1,9}$/;
const MESSAGES_PER_SECOND = 50;
/** So many times over the rate, and the connection is cut. */
const RATE_STRIKES_MAX = 3;

/** Greeting, start, and then request after request. */
export function serveConnection(tws: Tws, socket: Socket): void {
  const { options } = tws;
  const count = (code: string): void => options.count(FRONT_END, code);
  const session = createSession(socket, options.faults, {
    gone: (gone) => void tws.sessions.delete(gone),
    slow: () => count('slowReader'),
  });
  const isTooFast = rateOf(tws);
  tws.sessions.add(session);
  socket.setNoDelay(true);
  socket.on('error', () => count('connectionError'));
  const reader = createFrameReader({
    greeting(highestVersion) {
      if (highestVersion >= SERVER_VERSION) {
        const version = options.serverVersion ?? SERVER_VERSION;
        session.send([[version, timeText(options.now())]]);
        return;
      }
      count('versionTooLow');
      session.destroy();
    },
    frame(fields) {
      if (socket.destroyed) return;
      if (options.faults.socket() === 'halfOpen') {
        count('halfOpen');
        return;
      }
      const strikes = isTooFast();
      if (strikes > RATE_STRIKES_MAX) session.destroy();
      if (strikes > 0) {
        const text = 'Max rate of messages per second has been exceeded.';
        session.send([errorFrame(SYSTEM_ID, 100, text)]);
        count('100');
        return;
      }
      if (session.clientId === null) start(tws, session, socket, fields);
      else serveRequest(tws, session, session.clientId, fields);
    },
  });
  socket.on('data', (chunk) => {
    try {
      if (socket.destroyed || reader.read(chunk)) return;
      count('malformedFrame');
      session.destroy();
    } catch (error) {
      options.fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function start(tws: Tws, session: Session, socket: Socket, fields: readonly string[]): void {
  const text = fields[2] ?? '';
  if (fields[0] !== START_API || !CLIENT_ID.test(text)) {
    tws.options.count(FRONT_END, 'notStarted');
    session.destroy();
    return;
  }
  const clientId = Number(text);
  if (sessionOf(tws, clientId) !== undefined) {
    tws.options.count(FRONT_END, '326');
    const reason =
      'Unable to connect as the client id is already in use. Retry with a unique client id.';
    socket.end(encodeFrame(systemFrame(326, reason)));
    return;
  }
  session.clientId = clientId;
  session.send([
    listings.managedAccounts(tws),
    listings.nextId(tws, clientId),
    systemFrame(2104, 'Market data farm connection is OK:usfarm'),
    systemFrame(2158, 'Sec-def data farm connection is OK:secdefnj'),
  ]);
}

/** Counts one message; 0 while the rate is kept, else how often it was not. */
function rateOf({ options }: Tws): () => number {
  const most = options.messagesPerSecond ?? MESSAGES_PER_SECOND;
  const times: number[] = [];
  let strikes = 0;
  return () => {
    const now = options.now();
    while ((times[0] ?? now) <= now - 1_000) times.shift();
    if (times.length >= most) {
      strikes += 1;
      return strikes;
    }
    times.push(now);
    return 0;
  };
}
