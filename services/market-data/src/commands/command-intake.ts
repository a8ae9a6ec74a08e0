import { setTimeout as delay } from 'node:timers/promises';
import { type CommandEntry, consumeCommands, verdictOn } from '@ballast/bus';
import {
  type Database,
  isDataEntryTaken,
  isFenced,
  saveDataRefusal,
  takeDataCommand,
  type Transaction,
} from '@ballast/db';
import { InvalidInput, type TradingMode } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { carryOut } from './carry-out.ts';
import type { CommandHandlers, DataCommand, Refusal } from './command-handlers.ts';
import { DATA_TAKER, type DataProducer } from './data-command.ts';

const GROUP = 'market-data';
const RETRY_DELAY_MS = 1_000;

type IntakeCounts = { commandsTaken: number; commandsRefused: number; commandsLeft: number };
type IntakeOptions = {
  readonly db: Database;
  readonly keys: Readonly<Record<DataProducer, string>>;
  readonly account: string;
  readonly mode: TradingMode;
  readonly handlers: CommandHandlers;
  /** Before the transaction, in which nothing may be waited for; gives why to refuse, or null. */
  readonly prepare?: (command: DataCommand) => Promise<Refusal | null>;
  /** After the commit of a command that was carried out; once for each, but not after a crash. */
  readonly onTaken?: (command: DataCommand) => void;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Logger;
};

/**
 * Carries out what a batch asks for, in its order. A database failure throws; a batch that comes
 * again does nothing twice.
 */
export function createCommandIntake(options: IntakeOptions): {
  counts: IntakeCounts;
  take(entries: readonly CommandEntry[]): Promise<void>;
} {
  const { db, handlers, prepare, onTaken, now, log } = options;
  const counts: IntakeCounts = { commandsTaken: 0, commandsRefused: 0, commandsLeft: 0 };

  async function take(entry: CommandEntry): Promise<void> {
    const { producer, entryId } = entry;
    const at = now();
    const verdict = verdictOn(entry, DATA_TAKER, { ...options, now: at });
    if (verdict.kind === 'left') {
      counts.commandsLeft += 1;
      return;
    }
    if (verdict.kind === 'refused') {
      // Taken, then delivered again after a crash: by now it looks expired.
      if (await isDataEntryTaken(db, producer, entryId)) return;
      const { commandId, code, detail } = verdict;
      await saveDataRefusal(db, { producer, entryId, commandId, code, detail, refusedAt: at });
      return refused(entry, code, detail);
    }
    const { command } = verdict;
    const early = (await prepare?.(command)) ?? null;
    const result = await takeDataCommand(db, command, { entryId, at }, (tx) =>
      early === null ? carriedOut(command, tx, at) : Promise.resolve(early),
    );
    if (result === 'redelivered') return;
    if (result !== 'taken') return refused(entry, result.code, result.detail);
    counts.commandsTaken += 1;
    log.info({ command: command.id, type: command.type, actor: command.actor }, 'command taken');
    onTaken?.(command);
  }

  /** What no handler can make sense of is refused: to try again would hold up all after it. */
  async function carriedOut(command: DataCommand, tx: Transaction, at: number) {
    try {
      return await carryOut(handlers, command, tx, at);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return { code: error.code, detail: error.message };
    }
  }

  function refused({ producer, entryId }: CommandEntry, code: string, detail: string): void {
    counts.commandsRefused += 1;
    log.warn({ producer, entryId, code, detail }, 'command refused');
  }

  return {
    counts,
    async take(entries) {
      for (const entry of entries) await take(entry);
    },
  };
}

/**
 * Reads the operator's command streams by a group of its own, beside gateway and supervisor. While
 * the database is away the entries wait: a command that is not taken in time expires by itself.
 */
export function startCommandIntake(
  options: IntakeOptions & {
    readonly redisUrl: string;
    /** The intake has ended: Redis refuses it, or another process has taken over the writing. */
    readonly onFail: (error: Error) => void;
    readonly retryDelayMs?: number;
  },
): { counts: IntakeCounts; stop(): Promise<void> } {
  const { redisUrl, onFail, log, retryDelayMs = RETRY_DELAY_MS } = options;
  const intake = createCommandIntake(options);
  const ending = new AbortController();
  const { signal } = ending;

  async function onBatch(entries: readonly CommandEntry[]): Promise<void> {
    for (;;) {
      try {
        return await intake.take(entries);
      } catch (error) {
        if (signal.aborted || isFenced(error)) throw error;
        log.warn({ err: error, entries: entries.length }, 'commands were not taken');
        await delay(retryDelayMs, undefined, { signal });
      }
    }
  }

  const consumer = consumeCommands(redisUrl, {
    group: GROUP,
    // The same for whichever process is the active one: it finds what the other had begun.
    consumer: GROUP,
    producers: DATA_TAKER.producers,
    onBatch,
    // Entries that a stop has left stay on the stream for the next process.
    onFail: (error) => {
      if (!signal.aborted) onFail(error);
    },
    log,
  });
  return {
    counts: intake.counts,
    async stop() {
      ending.abort();
      await consumer.stop();
    },
  };
}
