import { JUDGING_GATES } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { asked, at, facts, SWITCH_ROW } from './facts.fixture.ts';
import type { Facts } from './facts.ts';
import { GATE_CHECKS, judge } from './judge.ts';
import { gateConfiguration } from './limits.ts';

const LIMIT_ROW = '01890000-0000-7000-8000-000000000003';
type Change = Partial<Facts>;

test('the gates are asked in the order that is stored and shown', () => {
  expect(GATE_CHECKS.map(({ name }) => name)).toEqual(JUDGING_GATES);
});

describe('all together', () => {
  /** What a test over stored bars has, without a record of anything else. */
  const stored: Change = {
    soak: 'unknown',
    regime: 'unknown',
    quote: 'unknown',
    exposure: 'unknown',
    longAccountShare: 'unknown',
    takerBuyShare: 'unknown',
    fundingRate: 'unknown',
    gaps: 'unknown',
  };
  const NOT_ASKED = 'soak coverage staleness exposure microstructure funding spread'.split(' ');

  test('what is not known is told, in the order, with whatever the verdict is', () => {
    const configuration = gateConfiguration();
    expect(judge({ ...facts, ...stored }, configuration)).toEqual({
      kind: 'allowed',
      notAsked: NOT_ASKED,
    });
    const braked = { ...facts, ...stored, brake: at('engaged' as const) };
    expect(judge(braked, configuration)).toMatchObject({ kind: 'blocked', notAsked: NOT_ASKED });
    expect(judge(facts, configuration)).toEqual({ kind: 'allowed', notAsked: [] });
  });

  test('a required gate refuses what it cannot judge', () => {
    const limits = { required: ['funding'] };
    expect(asked('funding', { fundingRate: 'unknown' }, limits)).toEqual([
      'funding rate unknown',
      'funding rate known',
    ]);
    expect(asked('funding', {}, limits)).toBe('passes');
    expect(asked('spread', { quote: 'unknown' }, limits)).toBe('not asked');
  });

  test('the first that refuses decides', () => {
    const worst: Change = {
      buySwitch: at({ id: SWITCH_ROW, buy: false }),
      brake: at('engaged'),
      quote: at(null),
    };
    const gateOf = (change: Change): unknown => {
      const judgement = judge({ ...facts, ...change }, gateConfiguration());
      return judgement.kind === 'blocked' ? judgement.gate : null;
    };
    expect(gateOf(worst)).toBe('switch');
    const { buySwitch: _, ...rest } = worst;
    expect(gateOf(rest)).toBe('staleness');
    expect(gateOf({ brake: at('engaged') })).toBe('brake');
  });

  test('a refusal names the row that says so, and the regime of the moment', () => {
    const settings = { spreadMax: LIMIT_ROW, longRegimes: SWITCH_ROW, shortRegimes: LIMIT_ROW };
    const bulls = { longRegimes: ['bull', 'neutral'], shortRegimes: ['bear'] };
    const configuration = { ...gateConfiguration(bulls), settings };
    const refusalOf = (change: Change): unknown => {
      const judgement = judge({ ...facts, ...change }, configuration);
      return judgement.kind === 'blocked' ? judgement.refusal : null;
    };
    const wide = { quote: at({ bid: 1, ask: 2 }) };
    expect(refusalOf(wide)).toMatchObject({ settingsId: LIMIT_ROW, regime: 'neutral' });
    expect(refusalOf({ quote: at(null) })).toMatchObject({ settingsId: null });
    const bull = { regime: at('bull' as const), direction: 'short' } as const;
    expect(refusalOf(bull)).toMatchObject({ settingsId: LIMIT_ROW, regime: 'bull' });
    const bear = { regime: at('bear' as const) };
    expect(refusalOf(bear)).toMatchObject({ settingsId: SWITCH_ROW, regime: 'bear' });
    const off = { buySwitch: at({ id: SWITCH_ROW, buy: false }), regime: 'unknown' } as const;
    expect(refusalOf(off)).toMatchObject({ settingsId: SWITCH_ROW, regime: null });
  });
});
