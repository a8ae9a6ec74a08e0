import type { Brake, BrakeReading, VenueProgress } from './brake.ts';

/** A stored row, as far as the brake is in it; `progress` is whatever JSON the column holds. */
export type StoredBrake = {
  readonly state: string;
  readonly reason: string;
  readonly actor: string;
  readonly currency: string | null;
  readonly peak: bigint | null;
  readonly drawdown: bigint | null;
  readonly engagedAt: number | null;
  readonly verifiedFlatAt: number | null;
  readonly coolingUntil: number | null;
  readonly progress: unknown;
};

const STATES: readonly Brake['status'][] = ['released', 'engaging', 'engaged'];

/** The brake of the newest row. Whatever does not make sense is unreadable, and so is no row. */
export function brakeFromStored(row: StoredBrake | null): BrakeReading {
  if (row === null) return unreadable('no state was ever written');
  const status = STATES.find((state) => state === row.state);
  if (status === undefined) return unreadable(`state "${row.state}" is not known`);
  const { reason, actor, currency, drawdown, engagedAt, verifiedFlatAt, coolingUntil } = row;
  if (status !== 'released' && engagedAt === null) return unreadable('engaged without a date');
  if (status === 'engaged' && (verifiedFlatAt === null || coolingUntil === null)) {
    return unreadable('flat without a date');
  }
  if ((row.peak === null) !== (currency === null)) return unreadable('a peak in no currency');
  if (!Array.isArray(row.progress) || !row.progress.every(isProgress)) {
    return unreadable('progress of the venues is malformed');
  }
  const peak = row.peak === null || currency === null ? null : { amount: row.peak, currency };
  const dates = { engagedAt, verifiedFlatAt, coolingUntil };
  return { status, reason, actor, peak, drawdown, ...dates, progress: row.progress };
}

export function storedBrake(brake: Brake): StoredBrake {
  const { status: state, peak, ...rest } = brake;
  return { state, ...rest, currency: peak?.currency ?? null, peak: peak?.amount ?? null };
}

function isProgress(value: unknown): value is VenueProgress {
  if (typeof value !== 'object' || value === null) return false;
  const field = (name: keyof VenueProgress): unknown => Reflect.get(value, name);
  const answeredAt = field('answeredAt');
  return (
    typeof field('venue') === 'string' &&
    typeof field('ordersLeft') === 'number' &&
    typeof field('foreignOrders') === 'number' &&
    typeof field('fault') === 'string' &&
    typeof field('provenFlat') === 'boolean' &&
    (answeredAt === null || typeof answeredAt === 'number') &&
    [field('positionsLeft'), field('foreignPositions')].every(isTexts)
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function unreadable(reason: string): BrakeReading {
  return { status: 'unreadable', reason };
}
