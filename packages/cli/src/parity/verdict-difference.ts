import type { DecidedSignal } from '@ballast/db';
import { GATES, parsePrice } from '@ballast/domain';
import type { GateRefusal } from '@ballast/strategies';
import type { Cause } from './cause.ts';
import { refusalsInForce } from './limits-then.ts';
import { type Account, isRefusedNear } from './size-then.ts';
import type { VerdictThen } from './verdict-then.ts';

/** What these saw is not kept: the quote of the moment, and what the account held in money. */
const NOT_KEPT: Readonly<Record<string, Cause['code']>> = {
  // Minutes that its bar lacked may have come since.
  coverage: 'dataCorrection',
  staleness: 'latency',
  spread: 'latency',
  exposure: 'notKept',
  sizing: 'latency',
};

type GateRefusalRow = NonNullable<DecidedSignal['blocked']>;
type Differs = { readonly live: string; readonly again: string; readonly cause: Cause | null };

/**
 * What live said of a signal and what the gates say of it again; null where it is the same. What
 * happened after it had asked (`command`, `gateway`) is no part of its decision.
 */
export function verdictDifference(
  { signal, blocked }: DecidedSignal,
  again: VerdictThen,
  account: Omit<Account, 'equity'>,
): Differs | null {
  const hasAsked = signal.tradeId !== null;
  const live = hasAsked || blocked === null ? null : blocked;
  if (live === null && !hasAsked) {
    return { live: 'neither asked nor blocked', again: textOf(again), cause: null };
  }
  if (live === null) {
    if (again.kind === 'allowed') return null;
    const isSize = again.gate === 'sizing';
    return { live: 'asked', again: textOf(again), cause: isSize ? AT_THE_QUOTE : null };
  }
  const said = refusalText(live.gate, live);
  const isSame =
    again.kind === 'blocked' &&
    again.gate === live.gate &&
    (live.gate === 'sizing' || saysSame(again.refusal, live));
  if (isSame) return null;
  const code = NOT_KEPT[live.gate];
  const reached = again.kind === 'allowed' || isAfter(again.gate, live.gate);
  const detail = `what it saw then is not kept: ${live.input}`;
  const may = code !== undefined && reached && couldSay(signal, live, { again, account });
  const cause = may ? { code, detail } : null;
  return { live: said, again: textOf(again), cause };
}

const AT_THE_QUOTE: Cause = { code: 'latency', detail: 'live sized it at the quote of its moment' };

/** Whether it is what the gate says by a limit of then, whatever it saw. */
function couldSay(
  signal: DecidedSignal['signal'],
  live: GateRefusalRow,
  { again, account }: { readonly again: VerdictThen; readonly account: Omit<Account, 'equity'> },
): boolean {
  if (live.gate !== 'sizing') {
    return refusalsInForce(live.gate, again.asked).some((one) => wantsSame(one, live));
  }
  if (again.kind !== 'allowed' || live.settingsId !== null) return false;
  const isSame = (said: Pick<GateRefusal, 'input' | 'threshold'>): boolean =>
    figuresOf(said.input) === figuresOf(live.input) &&
    figuresOf(said.threshold) === figuresOf(live.threshold);
  const [, price] = /^price ([\d.]+)$/.exec(live.input) ?? [];
  const stated = price === undefined ? null : parsePrice(price);
  return isRefusedNear(signal, { ...account, equity: again.equity }, { stated, isSame });
}

/** The words of a gate may be others by now; what it saw and wanted may not. */
function saysSame(again: GateRefusal, live: GateRefusalRow): boolean {
  return figuresOf(again.input) === figuresOf(live.input) && wantsSame(again, live);
}

function wantsSame(again: GateRefusal, live: GateRefusalRow): boolean {
  return (
    figuresOf(again.threshold) === figuresOf(live.threshold) &&
    again.settingsId === live.settingsId &&
    again.regime === live.regime
  );
}

const figuresOf = (text: string): string => (text.match(/[\d.]+/g) ?? []).join(' ');

/** The gates are asked in this order. */
function isAfter(gate: string, other: string): boolean {
  const placeOf = (name: string): number => GATES.findIndex((known) => known === name);
  return placeOf(gate) > placeOf(other);
}

function textOf(verdict: VerdictThen): string {
  return verdict.kind === 'allowed' ? 'asks' : refusalText(verdict.gate, verdict.refusal);
}

/** With what was in force too, since that may be all that differs. */
function refusalText(
  gate: string,
  { input, threshold, settingsId, regime }: Omit<GateRefusal, 'regime'> & { regime: string | null },
): string {
  const setBy = settingsId === null ? '' : `, set by ${settingsId}`;
  return `${gate}: ${input}; wants ${threshold}${setBy}; regime ${regime ?? 'unknown'}`;
}
