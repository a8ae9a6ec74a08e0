import { explainBlocked, recentSignals } from '@ballast/db';
import { z } from 'zod';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const LIMIT = 200;
const NONE_BLOCKED = `of the newest ${LIMIT} signals no gate has stopped any`;
const numbers = z.record(z.string(), z.number());

/** The newest signals that a gate stopped. */
export async function signalsBlocked({ db }: Pick<Platform, 'db'>): Promise<Report> {
  const rows = await recentSignals(db, LIMIT);
  const blocked = rows.flatMap(({ blocked: by, ...signal }) =>
    by === null ? [] : [{ ...signal, ...by }],
  );
  return {
    ok: true,
    data: { signals: blocked, limit: LIMIT },
    lines: blocked.length === 0 ? [NONE_BLOCKED] : blocked.map(blockedLine),
  };
}

type Blocked = {
  readonly decidedAt: number;
  readonly id: string;
  readonly strategy: string;
  readonly instrument: string;
  readonly word: string;
  readonly direction: string;
  readonly gate: string;
  readonly input: string;
};

function blockedLine({ decidedAt, id, gate, input, ...of }: Blocked): string {
  const what = `${of.strategy} ${of.word} ${of.direction} ${of.instrument}`;
  return `${timeText(decidedAt)} ${id} ${what}: ${gate}: ${input}`;
}

/** One of them with all that is stored of why. @throws Failure SIGNAL_NOT_BLOCKED */
export async function signalExplained({ db }: Pick<Platform, 'db'>, id: string): Promise<Report> {
  const found = await explainBlocked(db, id).catch((error: unknown) => {
    if (/uuid/i.test(String(error instanceof Error ? error.cause : error))) return null;
    throw error;
  });
  if (found === null) {
    const message = `no gate stopped a signal ${id}; "ballast signals blocked" lists those it did`;
    throw new Failure('SIGNAL_NOT_BLOCKED', message, EXIT.failure);
  }
  const { signal, blocked, setBy, counterfactual } = found;
  const pairs = (value: unknown): string =>
    Object.entries(numbers.parse(value))
      .map(([name, number]) => `${name} ${number}`)
      .join(', ');
  const by =
    setBy === null
      ? 'built in, or the default'
      : `${setBy.what} = ${JSON.stringify(setBy.value)} by ${setBy.actor} from ${timeText(setBy.effectiveFrom)}: ${setBy.reason}`;
  return {
    ok: true,
    data: { ...found },
    lines: [
      `${signal.strategy} ${signal.word} ${signal.direction} ${signal.instrument}`,
      `${signal.timeframe} bar of ${timeText(signal.barOpenTime)}`,
      `decided ${timeText(signal.decidedAt)}, blocked ${timeText(blocked.blockedAt)}`,
      `gate ${blocked.gate}: saw ${blocked.input}; wants ${blocked.threshold}`,
      `said by: ${by}`,
      `regime: ${blocked.regime ?? 'not known'}`,
      `levels: ${pairs(signal.level)}`,
      `made from: ${pairs(signal.inputs)}`,
      `its plan: ${comeTo(counterfactual)}`,
    ],
  };
}

type Explained = NonNullable<Awaited<ReturnType<typeof explainBlocked>>>;

function comeTo(of: Explained['counterfactual']): string {
  if (of === null) return 'not known yet: it is computed once the bars after it are stored';
  const { earned, currency, exit, leftAt } = of;
  const when = leftAt === null ? '' : ` at ${timeText(leftAt)}`;
  return earned === null
    ? `no amount: ${exit}`
    : `would have earned ${earned} ${currency}, out by ${exit}${when}`;
}
