import {
  divideScaled,
  formatScaled,
  type InstrumentId,
  type Money,
  parseScaled,
} from '@ballast/domain';

/** What one venue still has of ours, and what there is that we may not touch. */
export type VenueProgress = {
  readonly venue: string;
  /** Open orders that carry an id of ours. */
  readonly ordersLeft: number;
  /** Instruments with a position, ours or not. */
  readonly positionsLeft: readonly InstrumentId[];
  /** Those of them that no trade of ours is closing. */
  readonly foreignPositions: readonly InstrumentId[];
  /** Open orders of somebody else: named, never cancelled. */
  readonly foreignOrders: number;
  /** When the venue last listed orders and positions (epoch ms); null before it ever has. */
  readonly answeredAt: number | null;
  /** Why the newest listing failed; '' when it did not. */
  readonly fault: string;
  /** Listed as flat after the last fill, while nothing of ours could still trade. */
  readonly provenFlat: boolean;
};

/**
 * The account's brake. It engages with the first row that says so, works until every venue has
 * been seen flat, and from then on nothing lifts it before `coolingUntil`. Times epoch ms.
 */
export type Brake = {
  readonly status: 'released' | 'engaging' | 'engaged';
  readonly reason: string;
  readonly actor: string;
  /** Highest reconciled equity since the release; null until there is one. */
  readonly peak: Money | null;
  /** Share of the peak that was lost when it engaged, scale 18; null without a peak. */
  readonly drawdown: bigint | null;
  readonly engagedAt: number | null;
  readonly verifiedFlatAt: number | null;
  readonly coolingUntil: number | null;
  readonly progress: readonly VenueProgress[];
};

/** A stored state that cannot be understood counts as engaged. */
export type BrakeReading = Brake | { readonly status: 'unreadable'; readonly reason: string };

export type BrakeInput =
  /** Of a snapshot whose own sweep found ledger = venue and nothing frozen; of no other. */
  | { readonly type: 'equity'; readonly at: number; readonly equity: Money }
  | {
      readonly type: 'engage';
      readonly at: number;
      readonly reason: string;
      readonly actor: string;
    }
  | {
      readonly type: 'progress';
      readonly at: number;
      readonly venues: readonly VenueProgress[];
      readonly coolingMs: number;
    }
  | {
      readonly type: 'release';
      readonly at: number;
      readonly reason: string;
      readonly actor: string;
    };

export type BrakeEvent =
  | 'brakePeak'
  | 'brakeEngaged'
  | 'brakeProgress'
  | 'brakeFlat'
  | 'brakeFlatLost'
  | 'brakeReleased';

export type BrakeRefusal = {
  readonly code: 'BRAKE_COOLING' | 'BRAKE_NOT_FLAT' | 'BRAKE_NOT_ENGAGED';
  /** What is left to wait for, for the operator. */
  readonly detail: string;
  /** When the cooling period ends (epoch ms); null when that is not what is waited for. */
  readonly until: number | null;
};

/** `event` null: nothing changed and nothing is to be stored. */
export type BrakeResult = {
  readonly brake: BrakeReading;
  readonly event: BrakeEvent | null;
  readonly refusal: BrakeRefusal | null;
};

/** Share of the equity's peak whose loss engages the brake. */
export const BRAKE_DRAWDOWN = parseScaled('0.25');
/** Unless configured otherwise: one day from the verified flat. */
export const BRAKE_COOLING_MS = 24 * 3_600_000;
const PLATFORM = 'ballast';

export function releasedBrake(reason: string, actor: string): Brake {
  const none = { peak: null, drawdown: null, engagedAt: null, progress: [] };
  return { status: 'released', reason, actor, ...none, verifiedFlatAt: null, coolingUntil: null };
}

/** May something new be entered? Only a state that was read, and says so, allows it. */
export function isReleased(brake: BrakeReading): boolean {
  return brake.status === 'released';
}

/** One thing that happened to the brake. Total: an input that does not fit changes nothing. */
export function stepBrake(brake: BrakeReading, input: BrakeInput): BrakeResult {
  switch (input.type) {
    case 'equity':
      return onEquity(brake, input.equity, input.at);
    case 'engage':
      return engage(brake, input, null);
    case 'progress':
      return onProgress(brake, input);
    case 'release':
      return release(brake, input);
    default:
      return input satisfies never;
  }
}

function onEquity(brake: BrakeReading, equity: Money, at: number): BrakeResult {
  if (brake.status !== 'released') return unchanged(brake);
  const { peak } = brake;
  // An account that never had anything has nothing to lose.
  if (peak === null && equity.amount <= 0n) return unchanged(brake);
  if (peak === null) return changed({ ...brake, peak: equity }, 'brakePeak');
  if (peak.currency !== equity.currency) {
    const reason = `the peak is in ${peak.currency}, the equity in ${equity.currency}`;
    return engage(brake, { at, reason, actor: PLATFORM }, null);
  }
  if (equity.amount > peak.amount) return changed({ ...brake, peak: equity }, 'brakePeak');
  const lost = divideScaled(peak.amount - equity.amount, peak.amount, 'floor');
  if (lost < BRAKE_DRAWDOWN) return unchanged(brake);
  const [now, high] = [equity, peak].map(({ amount }) => formatScaled(amount));
  const reason = `drawdown ${percent(lost)}: equity ${now} of a peak of ${high} ${peak.currency}`;
  return engage(brake, { at, reason, actor: PLATFORM }, lost);
}

function engage(
  brake: BrakeReading,
  asked: { readonly at: number; readonly reason: string; readonly actor: string },
  drawdown: bigint | null,
): BrakeResult {
  if (brake.status === 'engaging' || brake.status === 'engaged') return unchanged(brake);
  const { at, reason, actor } = asked;
  const peak = brake.status === 'released' ? brake.peak : null;
  const engaging: Brake = {
    ...releasedBrake(reason, actor),
    ...{ status: 'engaging', peak, drawdown, engagedAt: at },
  };
  return changed(engaging, 'brakeEngaged');
}

function onProgress(
  brake: BrakeReading,
  { at, venues: progress, coolingMs }: Extract<BrakeInput, { type: 'progress' }>,
): BrakeResult {
  if (brake.status === 'released' || brake.status === 'unreadable') return unchanged(brake);
  const flat = progress.length > 0 && progress.every((venue) => venue.provenFlat);
  if (brake.status === 'engaging' && flat) {
    const dates = { verifiedFlatAt: at, coolingUntil: at + coolingMs };
    return changed({ ...brake, status: 'engaged', progress, ...dates }, 'brakeFlat');
  }
  const open = progress.some(isOpen);
  if (brake.status === 'engaged' && open) {
    // The cooling period is one without a position: it begins anew once flat again.
    const dates = { verifiedFlatAt: null, coolingUntil: null };
    return changed({ ...brake, status: 'engaging', progress, ...dates }, 'brakeFlatLost');
  }
  if (brake.status === 'engaged' || sameProgress(brake.progress, progress)) return unchanged(brake);
  return changed({ ...brake, progress }, 'brakeProgress');
}

function release(
  brake: BrakeReading,
  { at, reason, actor }: Extract<BrakeInput, { type: 'release' }>,
): BrakeResult {
  switch (brake.status) {
    case 'released':
      return refused(brake, 'BRAKE_NOT_ENGAGED', 'the brake is released already');
    case 'unreadable':
      return refused(brake, 'BRAKE_NOT_FLAT', `its state cannot be read (${brake.reason}): engage`);
    case 'engaging':
      return refused(brake, 'BRAKE_NOT_FLAT', notFlatText(brake.progress));
    case 'engaged': {
      const until = brake.coolingUntil;
      if (until === null) return refused(brake, 'BRAKE_NOT_FLAT', 'the flat has no date');
      if (at >= until) return changed(releasedBrake(reason, actor), 'brakeReleased');
      return refused(brake, 'BRAKE_COOLING', waitText(until - at), until);
    }
    default:
      return brake satisfies never;
  }
}

function isOpen(venue: VenueProgress): boolean {
  return venue.ordersLeft > 0 || venue.positionsLeft.length > 0;
}

/** What is left, for the operator. */
export function notFlatText(progress: readonly VenueProgress[]): string {
  if (progress.length === 0) return 'no venue has been asked yet';
  return progress
    .filter((venue) => !venue.provenFlat)
    .map((venue) => {
      const held = venue.positionsLeft.join(', ') || 'none';
      const foreign = venue.foreignPositions.join(', ');
      const notOurs = foreign === '' ? '' : ` (not ours: ${foreign})`;
      const fault = venue.fault === '' ? '' : `; ${venue.fault}`;
      return `${venue.venue}: orders ${venue.ordersLeft}, positions ${held}${notOurs}${fault}`;
    })
    .join('; ');
}

/** Alike but for the time of the answer, which would make a row of each look. */
function sameProgress(a: readonly VenueProgress[], b: readonly VenueProgress[]): boolean {
  const key = (venues: readonly VenueProgress[]): string =>
    JSON.stringify(venues.map((venue) => ({ ...venue, answeredAt: null })));
  return key(a) === key(b);
}

const percent = (share: bigint): string => `${formatScaled(share * 100n).slice(0, 6)} %`;
const waitText = (ms: number): string =>
  `${Math.ceil(ms / 60_000)} min of the cooling period are left`;

function changed(brake: Brake, event: BrakeEvent): BrakeResult {
  return { brake, event, refusal: null };
}

function unchanged(brake: BrakeReading): BrakeResult {
  return { brake, event: null, refusal: null };
}

function refused(
  brake: BrakeReading,
  code: BrakeRefusal['code'],
  detail: string,
  until: number | null = null,
): BrakeResult {
  return { brake, event: null, refusal: { code, detail, until } };
}
