import { EventName, IBApi } from '@stoqey/ib';
import { guardSdk } from './sdk-guard.ts';

/** Our own budget paces requests; the SDK's limiter would keep them in a queue of its own. */
const SDK_LIMIT_OFF = 1_000_000;
const CLIENT_ID_IN_USE = 326;
const CONNECT_FAIL = 502;
const UNSUPPORTED_VERSION = 506;

export type LinkTarget = {
  readonly host: string;
  readonly port: number;
  /** Each connection to one TWS or Gateway needs its own. */
  readonly clientId: number;
};

/** Why a link has ended; the first three do not heal by trying again soon. */
export type LinkEnd =
  | 'CLIENT_ID_IN_USE'
  | 'UNSUPPORTED_VERSION'
  | 'BAD_FRAME'
  | 'NO_CONNECTION'
  | 'CONNECTION_LOST'
  | 'CLOSED';

export type LinkHandlers = {
  /** Logged in: from here on requests are answered. */
  onReady(): void;
  /** A message of TWS about itself, for example 1100: it has lost its own connection. */
  onSystem(code: number, text: string): void;
  /** A refusal of, or a warning about, the request of this id. */
  onFault(id: number, code: number, text: string): void;
  onBadMessage(detail: string): void;
  /** What came in one piece has been told. */
  onSettled(): void;
  /** Once, whoever ended it. */
  onEnded(reason: LinkEnd): void;
};

/** One socket to TWS or IB Gateway, from connecting to its end; it is never connected anew. */
export type Link = {
  readonly api: IBApi;
  /** Wraps a listener: what it throws is told as a bad message, since the SDK would stall on it. */
  safely<A extends unknown[]>(what: string, listen: (...args: A) => void): (...args: A) => void;
  setPaused(paused: boolean): void;
  /** What the socket brings. */
  take(data: Buffer): void;
  end(reason: LinkEnd): void;
};

export function openLink(target: LinkTarget, handlers: LinkHandlers): Link {
  const link = wireLink(target, handlers);
  link.api.connect();
  return link;
}

/** The same before it is connected: what is handed to its guard is told to the handlers. */
export function wireLink(target: LinkTarget, handlers: LinkHandlers): Link {
  const { host, port, clientId } = target;
  // All four, or the SDK reads an .env file into our environment.
  const api = new IBApi({ host, port, clientId, maxReqPerSec: SDK_LIMIT_OFF });
  let ended = false;
  let isReady = false;

  const end = (reason: LinkEnd): void => {
    if (ended) return;
    ended = true;
    api.removeAllListeners();
    // An `error` event that nobody listens to would end the process.
    api.on(EventName.error, () => undefined);
    guard.reset();
    handlers.onEnded(reason);
  };
  const guard = guardSdk(api, {
    unreadable: handlers.onBadMessage,
    broken(detail) {
      handlers.onBadMessage(detail);
      end('BAD_FRAME');
    },
    settled() {
      if (!ended) handlers.onSettled();
    },
  });
  const safely: Link['safely'] =
    (what, listen) =>
    (...args) => {
      try {
        if (!ended) listen(...args);
      } catch (error) {
        handlers.onBadMessage(`${what}: ${error instanceof Error ? error.message : 'failed'}`);
      }
    };
  const onCode = (id: number, code: number, text: string): void => {
    if (code === CLIENT_ID_IN_USE) return end('CLIENT_ID_IN_USE');
    if (code === CONNECT_FAIL) return end('NO_CONNECTION');
    if (code === UNSUPPORTED_VERSION) return end('UNSUPPORTED_VERSION');
    return id < 0 ? handlers.onSystem(code, text) : handlers.onFault(id, code, text);
  };

  api.on(EventName.connected, () => guard.sendAtOnce());
  api.on(EventName.disconnected, () => end('CONNECTION_LOST'));
  const onNextId = (): void => {
    // TWS says it again when asked for ids.
    if (!isReady) handlers.onReady();
    isReady = true;
  };
  api.on(EventName.nextValidId, safely('nextValidId', onNextId));
  const onInfo = (text: string, code: number): void => onCode(-1, code, text);
  api.on(EventName.info, safely('info', onInfo));
  const onError = (error: Error, code: number, id: number): void => onCode(id, code, error.message);
  api.on(EventName.error, safely('error', onError));
  return { api, safely, setPaused: guard.setPaused, take: guard.take, end };
}
