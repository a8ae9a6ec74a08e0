import { instrumentId, type Money, parseMoney } from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brakeFromStored, storedBrake } from './brake-stored.ts';
import {
  type BrakeInput,
  type BrakeReading,
  isReleased,
  releasedBrake,
  stepBrake,
  type VenueProgress,
} from './brake.ts';

const DAY = 24 * 3_600_000;
const BTC = instrumentId('model', 'linear', 'BTCUSDT');
const usdt = (amount: string): Money => parseMoney(amount, 'USDT');
const fresh = releasedBrake('first start', 'ballast');

function venue(change: Partial<VenueProgress> = {}): VenueProgress {
  return {
    ...{ venue: 'model', ordersLeft: 0, positionsLeft: [], foreignPositions: [] },
    ...{ foreignOrders: 0, answeredAt: 1, fault: '', provenFlat: true, ...change },
  };
}
const equity = (amount: string, at = 1) => ({ type: 'equity', at, equity: usdt(amount) }) as const;
const engage = (at: number) =>
  ({ type: 'engage', at, reason: 'enough', actor: 'operator' }) as const;
const release = (at: number): BrakeInput => {
  return { type: 'release', at, reason: 'again', actor: 'operator' };
};
const seen = (at: number, ...venues: VenueProgress[]): BrakeInput => {
  return { type: 'progress', at, venues, coolingMs: DAY };
};
const after = (from: BrakeReading, ...inputs: BrakeInput[]): BrakeReading =>
  inputs.reduce((brake, input) => stepBrake(brake, input).brake, from);

describe('drawdown', () => {
  test('the peak rises with reconciled equity and never falls', () => {
    const brake = after(fresh, equity('100'), equity('140'), equity('120'));
    expect(brake).toMatchObject({ status: 'released', peak: usdt('140') });
    expect(stepBrake(brake, equity('140')).event).toBeNull();
  });

  test('engages at a quarter of the peak, to the last digit', () => {
    const high = after(fresh, equity('200'));
    expect(after(high, equity('150.000000000000000001')).status).toBe('released');
    expect(stepBrake(high, equity('150', 7))).toMatchObject({
      event: 'brakeEngaged',
      brake: {
        status: 'engaging',
        actor: 'ballast',
        engagedAt: 7,
        peak: usdt('200'),
        drawdown: usdt('0.25').amount,
        reason: 'drawdown 25 %: equity 150 of a peak of 200 USDT',
      },
    });
    expect(after(high, equity('-3')).status).toBe('engaging');
  });

  test('an account without money has no peak to fall from', () => {
    expect(stepBrake(fresh, equity('0'))).toMatchObject({ event: null, brake: { peak: null } });
  });

  test('another currency than the peak is a drawdown that nobody knows: engaged', () => {
    const brake = after(fresh, equity('100'), {
      ...equity('100'),
      equity: parseMoney('100', 'USD'),
    });
    expect(brake).toMatchObject({ status: 'engaging', drawdown: null });
  });

  test('after a release the peak begins with the next reconciled equity', () => {
    const flat = after(fresh, equity('200'), equity('100', 5), seen(10, venue()));
    const again = after(flat, release(10 + DAY), equity('90', 10 + DAY));
    expect(again).toMatchObject({ status: 'released', peak: usdt('90') });
    expect(after(again, equity('67.5')).status).toBe('engaging');
  });
});

describe('the way to flat', () => {
  const engaging = after(fresh, engage(5));

  test('engaged is only what every venue has proven', () => {
    const other = venue({ venue: 'other', provenFlat: false, ordersLeft: 1 });
    const half = stepBrake(engaging, seen(6, venue(), other));
    expect(half).toMatchObject({ event: 'brakeProgress', brake: { status: 'engaging' } });
    expect(after(engaging, seen(6)).status).toBe('engaging');
    expect(after(half.brake, seen(7, venue(), venue({ venue: 'other' })))).toMatchObject({
      ...{ status: 'engaged', engagedAt: 5, verifiedFlatAt: 7, coolingUntil: 7 + DAY },
      ...{ reason: 'enough', actor: 'operator' },
    });
  });

  test('the same picture at a later time is no news', () => {
    const left = venue({ provenFlat: false, ordersLeft: 2 });
    const once = after(engaging, seen(6, left));
    expect(stepBrake(once, seen(7, { ...left, answeredAt: 7 })).event).toBeNull();
    expect(stepBrake(once, seen(7, { ...left, ordersLeft: 1 })).event).toBe('brakeProgress');
  });

  test('a second press keeps who engaged it first, and why', () => {
    const again = stepBrake(engaging, { ...engage(9), reason: 'again' });
    expect(again).toEqual({ brake: engaging, event: null, refusal: null });
  });

  test('a position that turns up later takes the flat back, and its cooling begins anew', () => {
    const flat = after(engaging, seen(10, venue()));
    const held = venue({ provenFlat: false, positionsLeft: [BTC] });
    const lost = stepBrake(flat, seen(20, held));
    expect(lost).toMatchObject({
      event: 'brakeFlatLost',
      brake: { status: 'engaging', engagedAt: 5, verifiedFlatAt: null, coolingUntil: null },
    });
    expect(after(lost.brake, seen(30, venue()))).toMatchObject({ coolingUntil: 30 + DAY });
    const deaf = venue({ provenFlat: false, fault: 'no answer' });
    expect(stepBrake(flat, seen(20, deaf)).event).toBeNull();
  });
});

describe('release', () => {
  const engaging = after(fresh, engage(5));
  const flat = after(engaging, seen(10, venue()));

  test('not before the cooling period is over, and then once', () => {
    expect(stepBrake(flat, release(9 + DAY)).refusal).toMatchObject({
      code: 'BRAKE_COOLING',
      until: 10 + DAY,
    });
    const lifted = stepBrake(flat, release(10 + DAY));
    expect(lifted).toMatchObject({
      event: 'brakeReleased',
      refusal: null,
      brake: { status: 'released', reason: 'again', actor: 'operator', engagedAt: null },
    });
    expect(stepBrake(lifted.brake, release(11 + DAY)).refusal?.code).toBe('BRAKE_NOT_ENGAGED');
  });

  test('not while something is left, and it says what', () => {
    const held = venue({
      ...{ provenFlat: false, ordersLeft: 2 },
      ...{ positionsLeft: [BTC], foreignPositions: [BTC] },
    });
    const left = after(engaging, seen(6, held));
    expect(stepBrake(left, release(5 + 9 * DAY)).refusal).toMatchObject({
      code: 'BRAKE_NOT_FLAT',
      detail: 'model: orders 2, positions model.linear:BTCUSDT (not ours: model.linear:BTCUSDT)',
    });
    expect(stepBrake(engaging, release(6)).refusal?.detail).toBe('no venue has been asked yet');
  });

  test('not while its state cannot be read: that can only be engaged', () => {
    const unread = brakeFromStored(null);
    expect(isReleased(unread)).toBe(false);
    expect(stepBrake(unread, release(9 * DAY)).refusal?.code).toBe('BRAKE_NOT_FLAT');
    expect(after(unread, equity('1'), seen(2, venue()))).toBe(unread);
    expect(after(unread, engage(3)).status).toBe('engaging');
  });
});

describe('stored', () => {
  const engaging = after(fresh, equity('200'), equity('150', 7));
  const held = venue({ provenFlat: false, positionsLeft: [BTC] });
  const flat = after(engaging, seen(8, held), seen(9, venue()));

  test.each([
    ['released', fresh],
    ['just engaged', engaging],
    ['half way', after(engaging, seen(8, held))],
    ['flat', flat],
  ])('comes back: %s', (_name, brake) => {
    if (brake.status === 'unreadable') throw new Error('unreadable');
    const { progress, ...row } = storedBrake(brake);
    const json: unknown = JSON.parse(JSON.stringify(progress));
    expect(brakeFromStored({ ...row, progress: json })).toEqual(brake);
  });

  test.each([
    { state: 'off' },
    { state: 'Released' },
    { state: 'engaging', engagedAt: null },
    { state: 'engaged', coolingUntil: null },
    { state: 'engaged', verifiedFlatAt: null },
    { currency: null },
    { progress: null },
    { progress: [{ venue: 'model' }] },
  ])('what makes no sense is unreadable: %j', (change) => {
    if (flat.status === 'unreadable') throw new Error('unreadable');
    const row = { ...storedBrake(flat), ...change };
    expect(brakeFromStored(row).status).toBe('unreadable');
  });
});

test('whatever happens, it opens only by a release after a whole flat cooling period', () => {
  const at = fc.integer({ min: 0, max: 5 * DAY });
  const picture = fc.record({
    provenFlat: fc.boolean(),
    ordersLeft: fc.integer({ min: 0, max: 2 }),
    positionsLeft: fc.constantFrom([], [BTC]),
  });
  const input: fc.Arbitrary<(at: number) => BrakeInput> = fc.oneof(
    fc.integer({ min: 0, max: 400 }).map((amount) => (now: number) => equity(`${amount}`, now)),
    fc.constant(engage),
    fc.constant(release),
    fc
      .array(picture, { maxLength: 2 })
      .map(
        (pictures) => (now: number) =>
          seen(now, ...pictures.map((each, index) => venue({ ...each, venue: `v${index}` }))),
      ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(at, input), { maxLength: 40 }), (story) => {
      let brake: BrakeReading = fresh;
      for (const [now, make] of story.toSorted(([a], [b]) => a - b)) {
        const told = make(now);
        const { brake: next } = stepBrake(brake, told);
        if (!isReleased(brake) && isReleased(next)) {
          expect(told.type).toBe('release');
          expect(brake).toMatchObject({ status: 'engaged' });
          if (brake.status !== 'engaged') throw new Error('not engaged');
          expect(now - (brake.verifiedFlatAt ?? now)).toBeGreaterThanOrEqual(DAY);
        }
        brake = next;
      }
    }),
    { numRuns: 500 },
  );
});
