import {
  addBacktest,
  type BacktestError,
  type BacktestKind,
  backtestsUnderWay,
  changeBacktest,
  type Database,
  findBacktest,
  type StoredBacktest,
} from '@ballast/db';
import { backtestLeftMs, type CommandOf, InvalidInput } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { makeRequest } from '../stored/make-request.ts';
import { countOf, variedOf } from '../sweep/vary.ts';
import { storeComparison } from './compare.ts';

/** What the backtester may be asked for: all that COMMAND_OWNER gives it. */
export const BACKTEST_COMMANDS = [
  'startBacktest',
  'startSweep',
  'cancelBacktest',
  'compareBacktests',
] as const;
export type BacktestCommand = CommandOf<(typeof BACKTEST_COMMANDS)[number]>;
type StartCommand = CommandOf<'startBacktest' | 'startSweep'>;

/** More than anybody waits for. */
const QUEUED_MAX = 100;
const DEFAULT_SEED = 1;

/**
 * What becomes of the commands. A command that starts something is stored as a row of its own id:
 * one that comes twice finds its row, and one that cannot be carried out has failed in it.
 */
export function createDesk(parts: {
  readonly db: Database;
  readonly lane: { nudge(): void; halt(id: string): void };
  readonly now: () => number;
  readonly log: Logger;
}) {
  const { db, lane, now, log } = parts;

  async function start(command: StartCommand): Promise<void> {
    const { id, actor, body } = command;
    if ((await findBacktest(db, id)) !== null) return;
    const at = now();
    try {
      const underWay = await backtestsUnderWay(db);
      const refusal = refusalOf(underWay, body.wait === true, at);
      if (refusal !== null) return await refuse(command, refusal);
      const request = await makeRequest(db, body, at);
      const total = 'vary' in body ? backtestsOf(body) : 0;
      const seed = body.seed ?? DEFAULT_SEED;
      const { strategy } = request;
      await addBacktest(
        db,
        { kind: kindOf(command), id, strategy, request, seed, total, actor },
        at,
      );
      lane.nudge();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      await refuse(command, { code: error.code, message: error.message });
    }
  }

  async function refuse(command: BacktestCommand, error: BacktestError): Promise<void> {
    const { id, type, actor } = command;
    log.warn({ backtest: id, type, actor, code: error.code }, 'backtest refused');
    if (type !== 'startBacktest' && type !== 'startSweep') return;
    const { strategy, seed = DEFAULT_SEED } = command.body;
    const asked = { strategy, request: command.body, seed, total: 0, actor };
    await addBacktest(db, { kind: kindOf(command), id, ...asked, error }, now());
  }

  async function cancel({ body }: CommandOf<'cancelBacktest'>): Promise<void> {
    const row = await findBacktest(db, body.id);
    if (row === null) return;
    const at = now();
    const error = { code: 'CANCELLED', message: body.reason };
    const end = { state: 'cancelled', error, updatedAt: at, endedAt: at } as const;
    if (await changeBacktest(db, row, ['queued', 'running'], end)) lane.halt(row.id);
  }

  return {
    refuse,
    /** Safe to be called again for the same command. */
    async take(command: BacktestCommand): Promise<void> {
      switch (command.type) {
        case 'startBacktest':
        case 'startSweep':
          return start(command);
        case 'cancelBacktest':
          return cancel(command);
        case 'compareBacktests':
          return storeComparison(db, command, now());
        default:
          return command satisfies never;
      }
    },
  };
}

function kindOf({ type, body }: StartCommand): BacktestKind {
  if (type === 'startBacktest') return 'run';
  return body.walkForward === undefined ? 'sweep' : 'walk-forward';
}

/** How many a sweep makes: each combination once, or once on each training. */
const backtestsOf = ({ vary, walkForward }: CommandOf<'startSweep'>['body']): number =>
  countOf(variedOf(vary)) * (walkForward?.windows ?? 1);

/** One heavy run at a time; who waits for it is queued. */
function refusalOf(
  underWay: readonly StoredBacktest[],
  waits: boolean,
  at: number,
): BacktestError | null {
  const [first] = underWay;
  if (first === undefined) return null;
  if (waits && underWay.length < QUEUED_MAX) return null;
  if (waits) {
    const message = `${underWay.length} backtests wait already: cancel some of them`;
    return { code: 'BACKTEST_QUEUE_FULL', status: 429, message };
  }
  const { id, kind, strategy, actor, state, done, total } = first;
  const since = first.startedAt ?? first.askedAt;
  const leftMs = backtestLeftMs(first, at);
  const left =
    leftMs === null ? 'nobody knows for how long' : `${Math.ceil(leftMs / 1_000)} s left`;
  const who = `${actor} runs a ${kind} of ${strategy} since ${new Date(since).toISOString()}`;
  return {
    ...{ code: 'BACKTEST_BUSY', status: 409 },
    message: `${who}, ${left} (${id}): --wait queues yours behind it`,
    running: { id, kind, strategy, actor, state, since, done, total, leftMs },
  };
}
