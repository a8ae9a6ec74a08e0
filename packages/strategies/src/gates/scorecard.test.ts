import { FORMER_GATES, GATES, type Money, parseMoney, type StoredGate } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Counterfactual,
  type ScoredBlock,
  type ScoredSignal,
  scorecard,
} from './scorecard.ts';

const usdt = (text: string): Money => parseMoney(text, 'USDT');
const asked = (id: string): ScoredSignal => ({ id, tradeId: `trade of ${id}` });
const silent = (id: string): ScoredSignal => ({ id, tradeId: null });
const by = (gate: StoredGate, signalId: string): ScoredBlock => ({ gate, signalId });
const earned = (signalId: string, money: Money): Counterfactual => ({ signalId, earned: money });

test('what a gate saved, what it cost, and what nobody knows', () => {
  const signals = [asked('1'), ...'234567'.split('').map(silent), asked('8')];
  const blocked = [
    ...[by('gateway', '8'), by('spread', '2'), by('spread', '3'), by('spread', '4')],
    ...[by('spread', '5'), by('switch', '6'), by('open-trade', '7')],
  ];
  const card = scorecard(signals, blocked, [
    earned('2', usdt('-10')),
    earned('3', usdt('4')),
    earned('4', usdt('-1.5')),
    earned('6', usdt('0')),
    earned('7', parseMoney('2', 'USD')),
    earned('8', usdt('7')),
  ]);
  expect(card).toEqual({
    signals: 8,
    entries: 1,
    unexplained: [],
    gates: [
      { gate: 'switch', blocked: 1, saved: [], missed: [], unknown: 0 },
      { gate: 'spread', blocked: 4, saved: [usdt('11.5')], missed: [usdt('4')], unknown: 1 },
      { gate: 'gateway', blocked: 1, saved: [], missed: [usdt('7')], unknown: 0 },
      { gate: 'open-trade', blocked: 1, saved: [], missed: [parseMoney('2', 'USD')], unknown: 0 },
    ],
  });
});

test('currencies do not add', () => {
  const blocked = ['1', '2', '3'].map((id) => by('spread', id));
  const amounts = [usdt('-1'), parseMoney('-2', 'USD'), usdt('-3')];
  const known = amounts.map((money, i) => earned(String(i + 1), money));
  const [score] = scorecard(['1', '2', '3'].map(silent), blocked, known).gates;
  expect(score?.saved).toEqual([parseMoney('2', 'USD'), usdt('4')]);
});

test('a signal that neither asked nor was blocked is told, and is no entry', () => {
  const card = scorecard([asked('1'), silent('2')], [], []);
  expect(card).toMatchObject({ entries: 1, unexplained: ['2'] });
});

test.each<[string, Parameters<typeof scorecard>]>([
  ['SIGNAL_TWICE', [[asked('1'), silent('1')], [], []]],
  ['BLOCKED_TWICE', [[silent('1')], [by('switch', '1'), by('soak', '1')], []]],
  ['BLOCKED_WITHOUT_SIGNAL', [[silent('1')], [by('switch', '2')], []]],
  ['COUNTERFACTUAL_WITHOUT_BLOCK', [[asked('1')], [], [earned('1', usdt('1'))]]],
  [
    'COUNTERFACTUAL_TWICE',
    [[silent('1')], [by('switch', '1')], [earned('1', usdt('1')), earned('1', usdt('2'))]],
  ],
])('rows that do not belong together: %s', (code, rows) => {
  expect(() => scorecard(...rows)).toThrow(expect.objectContaining({ code }));
});

/** What became of a signal, and what it would have earned (null: not known). */
const fate = fc.record({
  gate: fc.option(fc.constantFrom<StoredGate>(...GATES, ...FORMER_GATES)),
  asks: fc.boolean(),
  result: fc.option(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n })),
});

test('signals less entries are what the gates blocked, whatever became of them', () => {
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 60 }), fc.boolean(), (fates, reversed) => {
      const signals = fates.map(({ gate, asks }, i) =>
        gate === null || asks ? asked(String(i)) : silent(String(i)),
      );
      const blocked = fates.flatMap(({ gate }, i) => (gate === null ? [] : [by(gate, String(i))]));
      const known = fates.flatMap(({ gate, result }, i) =>
        gate === null || result === null
          ? []
          : [earned(String(i), { amount: result, currency: 'USDT' })],
      );
      const card = scorecard(signals, reversed ? blocked.toReversed() : blocked, known);
      const sum = (of: (score: (typeof card.gates)[number]) => bigint | number): bigint =>
        card.gates.reduce((total, score) => total + BigInt(of(score)), 0n);
      expect(card.unexplained).toEqual([]);
      expect(sum((score) => score.blocked)).toBe(BigInt(card.signals - card.entries));
      expect(card.entries).toBe(fates.filter(({ gate }) => gate === null).length);
      expect(sum((score) => score.unknown)).toBe(BigInt(blocked.length - known.length));
      const net = sum(({ saved, missed }) => (missed[0]?.amount ?? 0n) - (saved[0]?.amount ?? 0n));
      expect(net).toBe(known.reduce((total, one) => total + one.earned.amount, 0n));
    }),
  );
});
