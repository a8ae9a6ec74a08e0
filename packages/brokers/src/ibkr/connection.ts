import { notSent } from './errors.ts';
import { type Login, type LoginHandlers, type LoginOptions, openLogin } from './login.ts';
import type { Session } from './session.ts';

export type RetryTiming = {
  /** Pause before the next attempt: doubles from the first to the last. */
  readonly retryFirstMs: number;
  readonly retryLastMs: number;
  /** After a refusal that trying again soon does not heal, for example a client id in use. */
  readonly retryRefusedMs: number;
};

export type ConnectionTiming = LoginOptions['timing'] & RetryTiming;

export const TIMING: ConnectionTiming = {
  answerMs: 5_000,
  liveWithinMs: 10_000,
  pingAfterMs: 5_000,
  silentMaxMs: 15_000,
  severedMaxMs: 300_000,
  retryFirstMs: 250,
  retryLastMs: 10_000,
  retryRefusedMs: 15_000,
};

const REFUSED = ['CLIENT_ID_IN_USE', 'UNSUPPORTED_VERSION', 'ACCOUNT_'];

export type Connection = {
  /** @throws BrokerError notSent while nothing may be sent */
  session(): Session;
  close(): void;
};

/**
 * Keeps one connection to TWS or IB Gateway, with a fresh SDK object for each attempt: an old one
 * would send what was left in it.
 */
export function openConnection(
  options: LoginOptions & { readonly timing: ConnectionTiming },
  handlers: Omit<LoginHandlers, 'onEnded'>,
): Connection {
  const { retryFirstMs, retryLastMs, retryRefusedMs } = options.timing;
  let login: Login | null = null;
  let failures = 0;
  let closed = false;
  let timer: NodeJS.Timeout | null = null;

  const onLive = (): void => {
    failures = 0;
    handlers.onLive();
  };
  const onEnded = (reason: string): void => {
    login = null;
    if (closed) return;
    const refused = REFUSED.some((word) => reason.startsWith(word));
    const pauseMs = Math.min(retryFirstMs * 2 ** Math.min(failures, 10), retryLastMs);
    failures += 1;
    timer = setTimeout(connect, refused ? retryRefusedMs : pauseMs);
    handlers.onDown(reason);
  };
  function connect(): void {
    login = openLogin(options, { ...handlers, onLive, onEnded });
  }
  connect();

  return {
    session() {
      if (login === null) throw notSent('NOT_CONNECTED', 'no connection to the venue');
      return login.session();
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      login?.end('CLOSED');
    },
  };
}
