import type { Logger } from '@ballast/observability';
import type { FeedHandlers, Route } from '../feed.ts';

/** What every source is opened with. */
export type FeedOptions = {
  routes: readonly Route[];
  handlers: FeedHandlers;
  log: Logger;
  /** 0 ≤ r < 1, for the jitter of reconnects. */
  random?: () => number;
  /** Epoch ms. */
  now?: () => number;
  /** Age of the newest data from which on a connection counts as mute; in session hours only. */
  staleAfterMs?: number;
  pingEveryMs?: number;
  /** For a pong, for the answer to a subscription and for the snapshot that follows it. */
  answerTimeoutMs?: number;
  reconnectDelayMaxMs?: number;
};

/** The same, complete: each source fills in its own times. */
export type FeedTimes = {
  staleAfterMs: number;
  pingEveryMs: number;
  answerTimeoutMs: number;
  reconnectDelayMaxMs: number;
};
