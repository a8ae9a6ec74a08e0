import type { BrakeView, VenueProgressView } from '@ballast/dashboard-server/api';
import { expect, test } from 'vitest';
import { askingText, leftText, nextText, stateText } from './brake-text.ts';

const venue: VenueProgressView = {
  ...{ venue: 'a', ordersLeft: 2, positionsLeft: ['a.linear:X'], foreignPositions: [] },
  ...{ foreignOrders: 0, answeredAt: 1, fault: '', provenFlat: false },
};
const brake: BrakeView = {
  ...{ engaged: true, state: 'engaging', reason: 'r', actor: 'operator', at: 1, engagedAt: 1 },
  ...{ verifiedFlatAt: null, coolingUntil: null, peak: null, currency: null, drawdown: null },
  venues: [venue],
};

test('it is not called flat before every venue has proven it', () => {
  expect(stateText(brake)).toBe('■ FLATTENING');
  expect(stateText({ engaged: true, state: 'engaged' })).toBe('■ ENGAGED, flat');
  expect(stateText({ engaged: true, state: 'unreadable' })).toBe('■ ENGAGED');
  expect(stateText({ engaged: false, state: 'released' })).toBe('Released');
});

test('what is left is counted over all venues', () => {
  expect(leftText([venue, { ...venue, venue: 'b' }])).toBe('orders left 4, positions left 2');
});

test('until when nothing lifts it', () => {
  expect(nextText(brake, 5)).toContain('after it is flat');
  expect(nextText({ ...brake, coolingUntil: 10 }, 9)).toContain('Nothing lifts it before');
  expect(nextText({ ...brake, coolingUntil: 10 }, 10)).toBe('It may be released.');
});

test('a wish that is not taken never looks like one that is', () => {
  const asking = { state: 'asking', asks: 1, sent: null, fault: null } as const;
  expect(askingText(asking)).toBeNull();
  expect(askingText({ ...asking, asks: 3, fault: 'nobody has taken it' })).toBe(
    'NOT TAKEN YET: nobody has taken it. Asking again until it is taken (attempt 3).',
  );
  expect(askingText({ ...asking, state: 'stopped' })).toContain('NOT KNOWN TO BE ENGAGED');
  expect(askingText({ ...asking, state: 'refused', fault: 'UNAUTHORIZED' })).toBe(
    'THE BRAKE IS NOT KNOWN TO BE ENGAGED: UNAUTHORIZED',
  );
  expect(askingText({ ...asking, state: 'taken' })).toBeNull();
});
