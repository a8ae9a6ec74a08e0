import { EventName, IBApi } from '@stoqey/ib';
import { shown } from './errors.ts';
import { guardSdk } from './sdk-guard.ts';

/**
 * The SDK's own limiter keeps what is over its limit in a queue; ours refuses instead, so the
 * SDK's is set out of reach.
 */
const SDK_LIMIT_OFF = 1_000_000;

export type LinkTarget = {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
};

export type LinkHandlers = {
  /** Logged in: from here on requests are answered. */
  onReady(nextOrderId: number, accounts: readonly string[]): void;
  /** A message of the venue about itself, for example 1100: it has lost its own connection. */
  onSystem(code: number, text: string): void;
  /** A refusal of, or a warning about, the request or order of this id. */
  onFault(id: number, code: number, text: string): void;
  onBadMessage(code: string, detail: string): void;
  /** Once, whoever ended it. */
  onEnded(reason: string): void;
};

/** One socket from connecting to its end; it is never connected anew. */
export type Link = {
  readonly api: IBApi;
  /** `performance.now()` of the last message. */
  heardAt(): number;
  /** Wraps a listener: what it throws is told as a bad message, since the SDK would stall on it. */
  safely<A extends unknown[]>(what: string, listen: (...args: A) => void): (...args: A) => void;
  end(reason: string): void;
};

export function openLink(target: LinkTarget, handlers: LinkHandlers): Link {
  const { host, port, clientId } = target;
  // All four, or the SDK reads an .env file into our environment.
  const api = new IBApi({ host, port, clientId, maxReqPerSec: SDK_LIMIT_OFF });
  let heardAt = performance.now();
  let ended = false;
  let accounts: readonly string[] = [];

  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    api.removeAllListeners();
    // An `error` event that nobody listens to would end the process.
    api.on(EventName.error, () => undefined);
    guard.reset();
    handlers.onEnded(reason);
  };
  const guard = guardSdk(api, {
    unreadable: (detail) => handlers.onBadMessage('VENUE_MESSAGE_MALFORMED', shown(detail)),
    broken: (detail) => end(`BAD_FRAME: ${detail}`),
  });
  const safely: Link['safely'] =
    (what, listen) =>
    (...args) => {
      try {
        if (!ended) listen(...args);
      } catch (error) {
        const fault = error instanceof Error ? error.message : 'failed';
        handlers.onBadMessage('VENUE_MESSAGE_MALFORMED', shown(`${what}: ${fault}`));
      }
    };
  const onCode = (id: number, code: number, text: string): void => {
    if (code === CLIENT_ID_IN_USE) return end('CLIENT_ID_IN_USE');
    if (code === CONNECT_FAIL) return end('NO_CONNECTION');
    if (code === UNSUPPORTED_VERSION) return end('UNSUPPORTED_VERSION');
    return id < 0 ? handlers.onSystem(code, shown(text)) : handlers.onFault(id, code, shown(text));
  };

  api.on(EventName.received, () => void (heardAt = performance.now()));
  api.on(EventName.connected, () => guard.sendAtOnce());
  api.on(EventName.disconnected, () => end('CONNECTION_LOST'));
  api.on(
    EventName.managedAccounts,
    safely('managedAccounts', (list: string) => {
      accounts = list.split(',').filter((account) => account !== '');
    }),
  );
  api.on(
    EventName.nextValidId,
    safely('nextValidId', (id: number) => handlers.onReady(id, accounts)),
  );
  api.on(
    EventName.info,
    safely('info', (text: string, code: number) => onCode(-1, code, text)),
  );
  api.on(
    EventName.error,
    safely('error', (error: Error, code: number, id: number) => onCode(id, code, error.message)),
  );
  api.connect();
  return { api, heardAt: () => heardAt, safely, end };
}

const CLIENT_ID_IN_USE = 326;
const CONNECT_FAIL = 502;
const UNSUPPORTED_VERSION = 506;
