import { judgedSignals } from '@ballast/db';
import {
  FORMER_GATES,
  formatScaled,
  GATES,
  type Money,
  parseScaled,
  type StoredGate,
} from '@ballast/domain';
import { scorecard } from '@ballast/strategies';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const STORED_GATES: readonly StoredGate[] = [...GATES, ...FORMER_GATES];

/**
 * What each gate saved and what it cost, over the live signals decided from `from` up to but
 * without `to` (epoch ms). Its claim is that every signal entered or has a gate that stopped it.
 * @throws Failure RANGE_EMPTY
 */
export async function gatesScorecard(
  { db }: Pick<Platform, 'db'>,
  range: { readonly from: number; readonly to: number },
): Promise<Report> {
  if (range.from >= range.to) {
    throw new Failure('RANGE_EMPTY', '--from must lie before --to', EXIT.usage);
  }
  const rows = await judgedSignals(db, range);
  const blocked = rows.flatMap(({ id, gate }) =>
    gate === null ? [] : [{ signalId: id, gate: gateNamed(gate) }],
  );
  const counterfactuals = rows.flatMap(({ id, earned, currency }) =>
    earned === null || currency === null
      ? []
      : [{ signalId: id, earned: { amount: parseScaled(earned), currency } }],
  );
  const card = scorecard(rows, blocked, counterfactuals);
  const gates = card.gates.map(({ saved, missed, ...gate }) => ({
    ...{ ...gate, saved: saved.map(moneyWire), missed: missed.map(moneyWire) },
  }));
  const stopped = gates.reduce((sum, gate) => sum + gate.blocked, 0);
  const ok = card.unexplained.length === 0 && card.signals === card.entries + stopped;
  return {
    ok,
    data: { ...range, ...card, gates },
    lines: [
      `${timeText(range.from)} to ${timeText(range.to)}: ${card.signals} signals, ` +
        `${card.entries} entries, ${stopped} blocked, ${card.unexplained.length} unexplained`,
      ...card.gates.map(({ gate, blocked: count, saved, missed, unknown }) => {
        const known = `saved ${textOf(saved)}, missed ${textOf(missed)}`;
        return `${gate}: ${count} blocked, ${known}, ${unknown} not known (yet)`;
      }),
    ],
  };
}

function gateNamed(name: string): StoredGate {
  const found = STORED_GATES.find((gate) => gate === name);
  if (found === undefined) throw new Error(`a stored blocked signal names the gate "${name}"`);
  return found;
}

const moneyWire = ({ amount, currency }: Money) => ({ amount: formatScaled(amount), currency });

const textOf = (amounts: readonly Money[]): string =>
  amounts.length === 0
    ? 'nothing'
    : amounts.map(({ amount, currency }) => `${formatScaled(amount)} ${currency}`).join(' and ');
