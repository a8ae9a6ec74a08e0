import type { Command } from 'commander';
import { readInstant } from './arguments.ts';
import { decisionReplay } from './commands/decision-replay.ts';
import { gatesScorecard } from './commands/gates-scorecard.ts';
import { parity } from './commands/parity.ts';
import { signalExplained, signalsBlocked } from './commands/signals-blocked.ts';
import { EXIT, Failure } from './failure.ts';
import type { Platform } from './platform.ts';
import type { Report } from './report.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Shared, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

const SAMPLE_MAX = 100_000;

/** What strategies said, why it was not traded, and whether it can be said again. */
export function addDecisionCommands(program: Command, { shared, run }: Wiring): void {
  const signals = program.command('signals').description('what strategies said').exitOverride();
  shared(signals.command('blocked').description('signals that a gate stopped, newest first'))
    .option('--explain <id>', 'one of them, with all that is stored of why')
    .action((given: Shared & { explain?: string }) =>
      run(given, (to) =>
        given.explain === undefined ? signalsBlocked(to) : signalExplained(to, given.explain),
      ),
    );
  addParity(program, { shared, run });
  const gates = program.command('gates').description('what stops signals').exitOverride();
  shared(gates.command('scorecard').description('what each gate has saved, and what it has missed'))
    .requiredOption('--from <time>', 'signals decided from then on')
    .requiredOption('--to <time>', 'and before then')
    .action((given: Shared & { from: string; to: string }) =>
      run(given, (to) =>
        gatesScorecard(to, { from: readInstant(given.from), to: readInstant(given.to) }),
      ),
    );
  const decision = program
    .command('decision')
    .description('decisions that were made')
    .exitOverride();
  shared(decision.command('replay').description('stored signals made once more from stored bars'))
    .option('--sample <count>', 'how many', '1000')
    .option('--seed <text>', 'which: the same for the same', '1')
    .action((given: Shared & { sample: string; seed: string }) =>
      run(given, (to) => decisionReplay(to, { sample: countOf(given.sample), seed: given.seed })),
    );
}

/** As the worker has them where its environment says nothing else. */
const WORKER = { riskFraction: '0.0025', notionalFraction: '0.1' } as const;

function addParity(program: Command, { shared, run }: Wiring): void {
  shared(program.command('parity').description("a day's live decisions and fills made once more"))
    .requiredOption('--day <YYYY-MM-DD>', 'of UTC')
    .option(
      '--risk <part>',
      "the worker's part of the equity lost at the stop",
      WORKER.riskFraction,
    )
    .option('--cooldown-ms <ms>', "the worker's pause of a strategy in one instrument")
    .option('--stale-after-ms <ms>', "the age above which the worker's quote is no price")
    .action(
      (given: Shared & { day: string; risk: string; cooldownMs?: string; staleAfterMs?: string }) =>
        run(given, (to) => {
          const { cooldownMs, staleAfterMs } = given;
          const gates = {
            ...(cooldownMs === undefined ? {} : { cooldownMs: Number(cooldownMs) }),
            ...(staleAfterMs === undefined ? {} : { quoteAgeMaxMs: Number(staleAfterMs) }),
          };
          return parity(to, given.day, { ...WORKER, riskFraction: given.risk, gates });
        }),
    );
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= SAMPLE_MAX) return count;
  const message = `--sample must be a whole number from 1 to ${SAMPLE_MAX}: "${text}"`;
  throw new Failure('USAGE', message, EXIT.usage);
}
