import {
  type Fill,
  type Instrument,
  type InstrumentId,
  invariant,
  type TradeId,
} from '@ballast/domain';
import { asNews } from './fill-news.ts';
import { foldBooked, kept } from './fold.ts';
import { flat, type Position } from './ledger.ts';
import { fromJson } from './state-wire.ts';
import type { BookedFill } from './trade.ts';

/**
 * What happened in one instrument without an order of ours, kept apart from every plan.
 * `unattributed`: nobody has explained it yet, and the instrument is frozen. `carried`: the operator
 * has taken over what is left of it. `settled`: explained, and nothing is left.
 */
export type Unattributed = {
  readonly kind: 'unattributed';
  readonly version: 1;
  readonly id: TradeId;
  readonly account: string;
  readonly instrument: InstrumentId;
  readonly terms: Pick<Instrument, 'multiplier' | 'baseCurrency' | 'quoteCurrency'>;
  readonly status: 'unattributed' | 'carried' | 'settled';
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** Who explained it, and how. */
  readonly explanation: string | null;
  readonly fills: readonly BookedFill[];
  readonly position: Position;
};

export function openUnattributed(
  input: Pick<Unattributed, 'id' | 'account' | 'instrument' | 'terms'> & { readonly at: number },
): Unattributed {
  const { at, ...named } = input;
  return {
    ...{ kind: 'unattributed', version: 1, ...named, status: 'unattributed' },
    ...{ createdAt: at, endedAt: null, explanation: null },
    ...{ fills: [], position: flat(named.terms.quoteCurrency) },
  };
}

/** The record with one more fill, or a correction of one; null when it is no news. */
export function bookUnattributed(
  record: Unattributed,
  told: Fill,
  at: number,
): { readonly record: Unattributed; readonly fill: Fill; readonly revised: boolean } | null {
  invariant(told.instrument === record.instrument, `fill of ${told.instrument} in ${record.id}`);
  const earlier = record.fills.find((other) => other.executionId === told.executionId) ?? null;
  const fill = asNews(told, earlier);
  if (fill === null) return null;
  const fills =
    earlier === null
      ? [...record.fills, kept(fill)]
      : record.fills.map((other) => (other === earlier ? kept(fill) : other));
  const position = foldBooked(fills, record.terms);
  return {
    record: renamed(record, { ...record, fills, position }, at),
    fill,
    revised: earlier !== null,
  };
}

/**
 * The operator has said what it was: what is left is theirs, until fills of theirs have brought it
 * to nothing.
 * @param isOver nothing is left of it at the venue, whatever its own fills sum to
 */
export function settleUnattributed(
  record: Unattributed,
  explanation: string,
  at: number,
  isOver = false,
): Unattributed {
  const explained = { ...record, explanation };
  return isOver || isFlat(record) ? ended(explained, at) : { ...explained, status: 'carried' };
}

/**
 * Fills that only reduce what is carried are what was announced; anything else has to be explained
 * again, a settled record that a correction opens included.
 */
function renamed(before: Unattributed, after: Unattributed, at: number): Unattributed {
  if (before.status === 'unattributed') return after;
  if (isFlat(after)) return ended(after, at);
  if (before.status === 'carried' && isReduced(before.position, after.position)) return after;
  return { ...after, status: 'unattributed', endedAt: null, explanation: null };
}

function ended(record: Unattributed, at: number): Unattributed {
  return { ...record, status: 'settled', endedAt: record.endedAt ?? at };
}

function isFlat({ position }: Unattributed): boolean {
  return position.quantity === 0n;
}

function isReduced({ quantity: before }: Position, { quantity: after }: Position): boolean {
  return before > 0n ? after > 0n && after <= before : after < 0n && after >= before;
}

/** Is this the stored state of such a record, and not of a trade? */
export function unattributedFromJson(json: unknown): Unattributed | null {
  const value = fromJson(json);
  return isUnattributed(value) ? value : null;
}

function isUnattributed(value: unknown): value is Unattributed {
  const named = typeof value === 'object' && value !== null && 'kind' in value;
  return named && value.kind === 'unattributed' && 'version' in value && value.version === 1;
}
