import { formatMoney } from '@ballast/domain';
import { type Brake, type BrakeReading, notFlatText, type Trade } from '@ballast/order-core';
import type { OpenIncident } from '../journal/book.ts';
import type { NewIncident } from '../journal/work.ts';

/** Open from the commit that engages to the one that releases. */
const ENGAGED = 'BRAKE_ENGAGED';
/** Open while an engaged account is not proven flat in time. */
const NOT_FLAT = 'BRAKE_NOT_FLAT';
/** Flattening takes seconds; what takes longer needs the operator. */
const NOT_FLAT_AFTER_MS = 120_000;

export type BrakeIncidents = {
  readonly opens: readonly NewIncident[];
  readonly resolves: readonly { readonly id: string; readonly resolution: string }[];
};

/**
 * What the operator has to be told of the brake as it stands at `at` (epoch ms), beside what is
 * `known` already: one incident for each engagement, and one while it does not get flat. They are
 * of the whole account and freeze no instrument. An unreadable brake tells nothing.
 * @param live trades that had not ended when this began
 */
export function incidentsOfBrake(
  brake: BrakeReading,
  known: readonly OpenIncident[],
  live: readonly Trade[],
  at: number,
): BrakeIncidents {
  if (brake.status === 'unreadable') return { opens: [], resolves: [] };
  const { status, actor, reason } = brake;
  const ended = (kind: string, resolution: string) =>
    known.filter((open) => open.kind === kind).map(({ id }) => ({ id, resolution }));
  if (status === 'released') {
    const resolution = `released by ${actor}: ${reason}`;
    return { opens: [], resolves: [ENGAGED, NOT_FLAT].flatMap((kind) => ended(kind, resolution)) };
  }
  const isKnown = (kind: string) => known.some((open) => open.kind === kind);
  const tradeIds = live.map(({ id }) => id);
  const base = { instrument: null, tradeId: null, evidence: { brake, tradeIds }, at };
  const engaged = { ...base, kind: ENGAGED, detail: engagedDetail(brake, live.length) };
  const late = { ...base, kind: NOT_FLAT, detail: lateDetail(brake, at) };
  return {
    opens: [
      ...(isKnown(ENGAGED) ? [] : [engaged]),
      ...(isLate(brake, at) && !isKnown(NOT_FLAT) ? [late] : []),
    ],
    resolves: status === 'engaged' ? ended(NOT_FLAT, 'every venue is proven flat') : [],
  };
}

/** Counted from the engaging, so that what was flat and is not any more is told at once. */
function isLate({ status, engagedAt }: Brake, at: number): boolean {
  return status === 'engaging' && engagedAt !== null && at - engagedAt >= NOT_FLAT_AFTER_MS;
}

/** A drawdown's reason has the peak in it; the operator's has not. */
function engagedDetail({ actor, reason, peak, drawdown }: Brake, closed: number): string {
  const high =
    peak === null || drawdown !== null ? '' : `; peak ${formatMoney(peak)} ${peak.currency}`;
  return `${actor}: ${reason}${high}; trades closed: ${closed}`;
}

function lateDetail({ engagedAt, progress }: Brake, at: number): string {
  const minutes = Math.floor((at - (engagedAt ?? at)) / 60_000);
  return `engaged ${minutes} min ago, left: ${notFlatText(progress)}`;
}
