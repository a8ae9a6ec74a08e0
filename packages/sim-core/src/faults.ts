/**
 * Every fault a simulated venue can have, by name. A front end asks at five places what is to
 * happen (FaultPort) and knows no names; a plan turns names into fates. The whole-path simulation
 * uses the same names.
 */
export const FAULT_NAMES = [
  'lostAckExecuted',
  'lostAckNotExecuted',
  'lateAck',
  'fillBeforeAck',
  'duplicateFill',
  'reorderedFills',
  'droppedFill',
  'lateFill',
  'correctedFill',
  'partialFills',
  'cancelRacesFill',
  'rejectAfterAccept',
  'staleListing',
  'silentSocket',
  'halfOpenSocket',
  'midBatchDisconnect',
  'rateLimit',
  'serverError',
  'clockSkew',
  'tokenExpired',
  'sessionIdRollBack',
  'dailyRestart',
  'stateLost',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

export type RequestKind = 'submit' | 'cancel' | 'replace' | 'query' | 'listing';

/** What becomes of one request. The clean fate: carried out and answered at once. */
export type RequestFate = {
  /** False: it never reaches the book. */
  readonly carriedOut: boolean;
  /** `broken`: the connection breaks instead of an answer; `never`: it stays open and mute. */
  readonly answer: 'sent' | 'broken' | 'never';
  readonly answerAfterMs: number;
  /** The venue's own refusal, in whatever words the front end's protocol has for it. */
  readonly refusal: null | 'rateLimit' | 'serverError' | 'clockSkew' | 'tokenExpired';
  /** The stream tells of it before the answer leaves. */
  readonly pushFirst: boolean;
  /** Accepted, then rejected by a push. */
  readonly rejectedLater: boolean;
  /** A cancel that arrives as the order fills: the order is filled first. */
  readonly fillsFirst: boolean;
};

/** What becomes of one message of the private stream. */
export type PushFate = {
  /** 0 drops it, 2 sends it twice. */
  readonly copies: 0 | 1 | 2;
  readonly delayMs: number;
  /** Held back until the next message has left. */
  readonly afterNext: boolean;
  /** The connection breaks right after it. */
  readonly thenBreak: boolean;
  /** A correction of this fill follows: a new revision with another price, or quantity 0. */
  readonly corrected: null | 'price' | 'bust';
};

export const CLEAN_REQUEST: RequestFate = {
  carriedOut: true,
  answer: 'sent',
  answerAfterMs: 0,
  refusal: null,
  pushFirst: false,
  rejectedLater: false,
  fillsFirst: false,
};

export const CLEAN_PUSH: PushFate = {
  copies: 1,
  delayMs: 0,
  afterNext: false,
  thenBreak: false,
  corrected: null,
};

/** Asked by a front end, or by a model of one, at each place where a venue can go wrong. */
export type FaultPort = {
  request(kind: RequestKind): RequestFate;
  push(kind: 'order' | 'fill'): PushFate;
  /** A stale listing is as it was this many ms ago; 0 is fresh. */
  listingAgeMs(): number;
  /** `silent`: sockets send no data but answer pings; `halfOpen`: they answer nothing at all. */
  socket(): 'open' | 'silent' | 'halfOpen';
  /** Largest share of a fill, in percent; 100 fills as the market allows. */
  fillPercentMax(): number;
};

export const NO_FAULTS: FaultPort = {
  request: () => CLEAN_REQUEST,
  push: () => CLEAN_PUSH,
  listingAgeMs: () => 0,
  socket: () => 'open',
  fillPercentMax: () => 100,
};
