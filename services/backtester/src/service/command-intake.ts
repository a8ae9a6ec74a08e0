import { setTimeout as delay } from 'node:timers/promises';
import { type CommandEntry, consumeCommands, verdictOn } from '@ballast/bus';
import type { Producer, TradingMode } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { BACKTEST_COMMANDS, type createDesk } from './desk.ts';

const GROUP = 'backtester';
const RETRY_DELAY_MS = 1_000;
/** A strategy may not ask for backtests. */
const BACKTEST_PRODUCERS = ['dashboard', 'cli'] as const satisfies readonly Producer[];
const TAKER = {
  owner: 'backtester',
  types: BACKTEST_COMMANDS,
  producers: BACKTEST_PRODUCERS,
} as const;

type IntakeOptions = {
  readonly redisUrl: string;
  readonly desk: ReturnType<typeof createDesk>;
  readonly keys: Readonly<Record<(typeof BACKTEST_PRODUCERS)[number], string>>;
  readonly account: string;
  readonly mode: TradingMode;
  readonly now: () => number;
  readonly log: Logger;
  readonly onFail: (error: Error) => void;
};

/**
 * Reads the operator's command streams by a group of its own, beside the other services. While the
 * database is away the entries wait: a command that is not taken in time expires by itself.
 */
export function startCommandIntake(options: IntakeOptions): { stop(): Promise<void> } {
  const { desk, onFail, log } = options;
  const ending = new AbortController();
  const { signal } = ending;

  async function take(entry: CommandEntry): Promise<void> {
    const verdict = verdictOn(entry, TAKER, { ...options, now: options.now() });
    if (verdict.kind === 'left') return;
    const { command } = verdict;
    if (verdict.kind === 'own') return desk.take(command);
    const { code, detail: message } = verdict;
    await desk.refuse(command, { code, message });
  }

  async function onBatch(entries: readonly CommandEntry[]): Promise<void> {
    for (;;) {
      try {
        for (const entry of entries) await take(entry);
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        log.warn({ err: error, entries: entries.length }, 'commands were not taken');
        await delay(RETRY_DELAY_MS, undefined, { signal });
      }
    }
  }

  const consumer = consumeCommands(options.redisUrl, {
    ...{ group: GROUP, consumer: GROUP, producers: BACKTEST_PRODUCERS, onBatch, log },
    // Entries that a stop has left stay on the stream for the next process.
    onFail: (error) => {
      if (!signal.aborted) onFail(error);
    },
  });
  return {
    async stop() {
      ending.abort();
      await consumer.stop();
    },
  };
}
