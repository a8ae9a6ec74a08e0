import { notSent } from './errors.ts';
import { openLink, type LinkTarget } from './link.ts';
import { openSession, type Session, type SessionHandlers, type SessionOptions } from './session.ts';

export type LoginTiming = {
  /**
   * A request without an answer for this long costs the connection. Below the order core's
   * SUBMIT_ANSWER_MS, with room for the reservation of a number before it.
   */
  readonly answerMs: number;
  /** From the first byte to the end of the first listing. */
  readonly liveWithinMs: number;
  /** Without a message for this long, the venue is asked for the time. */
  readonly pingAfterMs: number;
  /** Without a message for this long, the connection counts as dead. */
  readonly silentMaxMs: number;
  /** The venue's own connection may be away for this long before ours is made anew. */
  readonly severedMaxMs: number;
};

export type LoginOptions = LinkTarget &
  Omit<SessionOptions, 'nextOrderId' | 'accountCode' | 'answerMs'> & {
    /** The venue's name of the account; null takes the only one there is. */
    readonly accountCode: string | null;
    readonly timing: LoginTiming;
  };

export type LoginHandlers = SessionHandlers & {
  /** Again after each time that the venue had lost its own connection. */
  onLive(): void;
  /** The venue has lost its own connection; the login stands. */
  onDown(reason: string): void;
  /** Once. */
  onEnded(reason: string): void;
};

export type Login = {
  /** @throws BrokerError notSent while nothing may be sent */
  session(): Session;
  end(reason: string): void;
};

/** https://interactivebrokers.github.io/tws-api/message_codes.html */
const VENUE_LOST = new Set([1100, 2110]);
const VENUE_BACK = new Set([1101, 1102]);

/**
 * One connection from its first byte to its end, live after the login and a first listing that was
 * answered. The pings are ours: the SDK's watchdog never finds a dead connection.
 */
export function openLogin(options: LoginOptions, handlers: LoginHandlers): Login {
  const { timing } = options;
  const { answerMs } = timing;
  let session: Session | null = null;
  let state: 'starting' | 'live' | 'ended' = 'starting';
  let severedAt: number | null = null;
  let pinger: NodeJS.Timeout | null = null;
  const tooLate = setTimeout(() => link.end('NO_LOGIN'), timing.liveWithinMs);

  const becomeLive = (): void => {
    if (state === 'ended') return;
    clearTimeout(tooLate);
    state = 'live';
    pinger = setInterval(ping, Math.ceil(timing.pingAfterMs / 2));
    if (severedAt === null) handlers.onLive();
  };
  const onUnanswered = (what: string): void => link.end(`NO_ANSWER: ${what}`);
  const onReady = (nextOrderId: number, accounts: readonly string[]): void => {
    // The venue says it again when asked for ids.
    if (session !== null) return;
    const account = accountOf(options.accountCode, accounts);
    if ('refusal' in account) return link.end(account.refusal);
    const accountCode = account.code;
    const told = { ...handlers, onUnanswered };
    session = openSession(link, { ...options, answerMs, nextOrderId, accountCode }, told);
    void session.prepare().then(becomeLive, () => link.end('NO_FIRST_LISTING'));
  };
  const onSystem = (code: number, text: string): void => {
    if (VENUE_LOST.has(code)) {
      severedAt ??= performance.now();
      if (state === 'live') handlers.onDown(`IBKR_${code}: ${text}`);
    } else if (VENUE_BACK.has(code)) {
      severedAt = null;
      // Whatever happened meanwhile was not told.
      if (state === 'live') handlers.onLive();
    } else if (!isNotice(code)) {
      handlers.onBadMessage(`IBKR_${code}`, text);
    }
  };
  const link = openLink(options, {
    onReady,
    onSystem,
    onFault: (id, code, text) => session?.onFault(id, code, text),
    onBadMessage: handlers.onBadMessage,
    onEnded(reason) {
      clearTimeout(tooLate);
      if (pinger !== null) clearInterval(pinger);
      state = 'ended';
      session?.stop(reason);
      handlers.onEnded(reason);
    },
  });
  function ping(): void {
    const silentMs = performance.now() - link.heardAt();
    const severedMs = severedAt === null ? 0 : performance.now() - severedAt;
    if (silentMs >= timing.silentMaxMs) link.end('SILENT');
    else if (severedMs >= timing.severedMaxMs) link.end('VENUE_AWAY');
    else if (silentMs >= timing.pingAfterMs) link.api.reqCurrentTime();
  }

  return {
    session() {
      if (session === null || state !== 'live')
        throw notSent('NOT_CONNECTED', 'no connection to the venue');
      if (severedAt !== null) throw notSent('VENUE_AWAY', 'the venue lost its own connection');
      return session;
    },
    end: (reason) => link.end(reason),
  };
}

/** Orders must name their account: with several, a default would trade on the wrong one. */
function accountOf(
  wanted: string | null,
  accounts: readonly string[],
): { readonly code: string } | { readonly refusal: string } {
  const [only, ...others] = accounts;
  if (wanted === null) {
    if (only === undefined) return { refusal: 'ACCOUNT_UNKNOWN: the venue names none' };
    return others.length === 0
      ? { code: only }
      : { refusal: 'ACCOUNT_AMBIGUOUS: the login has several accounts, name one' };
  }
  return accounts.includes(wanted)
    ? { code: wanted }
    : { refusal: 'ACCOUNT_UNKNOWN: the login does not have the account' };
}

/** Farms of market data that come and go. */
function isNotice(code: number): boolean {
  return (2100 <= code && code <= 2109) || code === 2119 || code === 2158;
}
