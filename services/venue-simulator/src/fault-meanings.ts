import {
  type FaultName,
  type FeedFate,
  type FeedFaultName,
  type FeedKind,
  type PushFate,
  type RequestFate,
  type RequestKind,
} from '@ballast/sim-core';
import { FEED_MEANINGS } from './feed-fault-meanings.ts';

type PushKind = 'order' | 'fill';
export type FaultKind = RequestKind | PushKind | FeedKind;
export type AnyFaultName = FaultName | FeedFaultName;

/** Restarts of the venue itself: it is away for a while, and what comes back differs. */
export type RestartFault = 'dailyRestart' | 'stateLost' | 'sessionIdRollBack';

/**
 * What a name does, and where. `ms` is a delay, an age or a duration: said at each; `msDefault` is
 * taken without it. `variants`: the first is a script's, a seeded fault draws one.
 */
export type Meaning =
  | {
      readonly place: 'request';
      readonly kinds: readonly RequestKind[];
      readonly variants?: readonly string[];
      readonly fate: (ms: number, variant: string) => Partial<RequestFate>;
      readonly msDefault: number;
      /** `ms` is how long every request meets it. */
      readonly lasts?: true;
    }
  | {
      readonly place: 'push';
      readonly kinds: readonly PushKind[];
      readonly variants?: readonly string[];
      readonly fate: (ms: number, variant: string) => Partial<PushFate>;
      readonly msDefault: number;
    }
  | {
      readonly place: 'feed';
      readonly kinds: readonly FeedKind[];
      readonly variants?: readonly string[];
      readonly fate: (ms: number, variant: string) => Partial<FeedFate>;
      readonly msDefault: number;
    }
  /** `ms`: how old a listing is. */
  | { readonly place: 'listing'; readonly msDefault: number }
  | { readonly place: 'fillSize'; readonly percentDefault: number; readonly msDefault: 0 }
  /** `ms`: how long. */
  | {
      /** `feedSocket`: the connections that carry public data, and no other. */
      readonly place: 'socket' | 'feedSocket';
      readonly state: 'silent' | 'halfOpen';
      readonly msDefault: number;
    }
  /** `ms`: how long the venue is away. */
  | { readonly place: 'venue'; readonly msDefault: number };

const CHANGES = ['submit', 'cancel', 'replace'] as const;
const ALL = [...CHANGES, 'query', 'listing'] as const;
const LOST = ['broken', 'never'] as const;

const lost = (variant: string): 'broken' | 'never' => (variant === 'never' ? 'never' : 'broken');

export const MEANINGS: Readonly<Record<AnyFaultName, Meaning>> = {
  ...FEED_MEANINGS,
  lostAckExecuted: {
    place: 'request',
    kinds: CHANGES,
    variants: LOST,
    fate: (_ms, variant) => ({ answer: lost(variant) }),
    msDefault: 0,
  },
  lostAckNotExecuted: {
    place: 'request',
    kinds: CHANGES,
    variants: LOST,
    fate: (_ms, variant) => ({ carriedOut: false, answer: lost(variant) }),
    msDefault: 0,
  },
  /** `ms`: how late. */
  lateAck: {
    place: 'request',
    kinds: CHANGES,
    fate: (answerAfterMs) => ({ answerAfterMs }),
    msDefault: 1_000,
  },
  fillBeforeAck: {
    place: 'request',
    kinds: ['submit'],
    fate: () => ({ pushFirst: true }),
    msDefault: 0,
  },
  duplicateFill: {
    place: 'push',
    kinds: ['fill'],
    fate: () => ({ copies: 2 }),
    msDefault: 0,
  },
  reorderedFills: {
    place: 'push',
    kinds: ['fill'],
    fate: () => ({ afterNext: true }),
    msDefault: 0,
  },
  droppedFill: {
    place: 'push',
    kinds: ['fill'],
    fate: () => ({ copies: 0 }),
    msDefault: 0,
  },
  /** `ms`: how late. */
  lateFill: {
    place: 'push',
    kinds: ['fill'],
    fate: (delayMs) => ({ delayMs }),
    msDefault: 1_000,
  },
  correctedFill: {
    place: 'push',
    kinds: ['fill'],
    variants: ['price', 'bust'],
    fate: (_ms, variant) => ({ corrected: variant === 'bust' ? 'bust' : 'price' }),
    msDefault: 0,
  },
  partialFills: { place: 'fillSize', percentDefault: 50, msDefault: 0 },
  cancelRacesFill: {
    place: 'request',
    kinds: ['cancel'],
    fate: () => ({ fillsFirst: true }),
    msDefault: 0,
  },
  rejectAfterAccept: {
    place: 'request',
    kinds: ['submit'],
    fate: () => ({ rejectedLater: true }),
    msDefault: 0,
  },
  staleListing: { place: 'listing', msDefault: 5_000 },
  silentSocket: { place: 'socket', state: 'silent', msDefault: 5_000 },
  halfOpenSocket: { place: 'socket', state: 'halfOpen', msDefault: 5_000 },
  midBatchDisconnect: {
    place: 'push',
    kinds: ['fill', 'order'],
    fate: () => ({ thenBreak: true }),
    msDefault: 0,
  },
  rateLimit: {
    place: 'request',
    kinds: ALL,
    fate: () => ({ refusal: 'rateLimit', carriedOut: false }),
    msDefault: 0,
  },
  serverError: {
    place: 'request',
    kinds: ALL,
    variants: ['notExecuted', 'executed'],
    fate: (_ms, variant) => ({ refusal: 'serverError', carriedOut: variant === 'executed' }),
    msDefault: 0,
  },
  clockSkew: {
    place: 'request',
    kinds: ALL,
    fate: () => ({ refusal: 'clockSkew', carriedOut: false }),
    msDefault: 0,
    lasts: true,
  },
  tokenExpired: {
    place: 'request',
    kinds: ALL,
    fate: () => ({ refusal: 'tokenExpired', carriedOut: false }),
    msDefault: 0,
    lasts: true,
  },
  sessionIdRollBack: { place: 'venue', msDefault: 1_000 },
  dailyRestart: { place: 'venue', msDefault: 1_000 },
  stateLost: { place: 'venue', msDefault: 1_000 },
};

/** @throws RangeError for a kind or variant that the fault cannot have */
export function checkFits(
  fault: AnyFaultName,
  kind: FaultKind | undefined,
  variant?: string,
): void {
  const meaning = MEANINGS[fault];
  const kinds: readonly string[] = 'kinds' in meaning ? meaning.kinds : [];
  const variants = 'variants' in meaning ? (meaning.variants ?? []) : [];
  if (kind !== undefined && !kinds.includes(kind)) {
    throw new RangeError(`${fault} meets ${kinds.join(', ') || 'no kind'}, not ${kind}`);
  }
  if (variant !== undefined && !variants.includes(variant)) {
    throw new RangeError(`${fault} has ${variants.join(', ') || 'no variant'}, not ${variant}`);
  }
}
