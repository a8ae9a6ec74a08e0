import type { Command } from 'commander';
import { readCount } from './arguments.ts';
import { universeChange, universeList } from './commands/universe.ts';
import { watchlistScores } from './commands/watchlist-scores.ts';
import { watchlistList, watchlistSet } from './commands/watchlist.ts';
import type { Platform } from './platform.ts';
import type { Report } from './report.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };
type Asked = Shared & { readonly reason: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Shared, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

/** As many as there may be instruments. */
const TOP_MAX = 10_000;

/** Which instruments are streamed, and the operator's lists of them. */
export function addUniverseCommands(program: Command, { shared, run }: Wiring): void {
  const group = (name: string, description: string) => {
    const made = program.command(name).description(description).exitOverride();
    return {
      plain: (usage: string, what: string): Command =>
        shared(made.command(usage).description(what)),
      asking: (usage: string, what: string): Command =>
        shared(made.command(usage).description(what)).requiredOption(
          '--reason <text>',
          'why, for the record',
        ),
    };
  };

  const universe = group('universe', 'instruments that are streamed');
  universe
    .plain('list', 'with what their venues demand of orders')
    .action((given: Shared) => run(given, universeList));
  universe
    .asking('add <id...>', 'stream these too, without a restart')
    .action((ids: string[], given: Asked) =>
      run(given, (to) => universeChange(to, 'addInstruments', ids, given.reason)),
    );
  universe
    .asking('remove <id...>', 'stream these no more; not what is held')
    .action((ids: string[], given: Asked) =>
      run(given, (to) => universeChange(to, 'removeInstruments', ids, given.reason)),
    );

  const lists = group('watchlist', 'lists of instruments, and what strategies would look at');
  lists.plain('list', 'all of them').action((given: Shared) => run(given, watchlistList));
  lists
    .plain('scores', 'the best instruments of each watched strategy, and why')
    .option('--strategy <name>', 'of this one alone')
    .option('--top <count>', 'how many of each', '10')
    .action((given: Shared & { strategy?: string; top: string }) =>
      run(given, (to) => {
        const top = readCount(given.top, '--top', TOP_MAX);
        return watchlistScores(to, { strategy: given.strategy ?? null, top, now: Date.now() });
      }),
    );
  lists
    .asking('set <name> <id...>', 'the whole list as it is to be')
    .action((name: string, ids: string[], given: Asked) =>
      run(given, (to) => watchlistSet(to, name, ids, given.reason)),
    );
  lists
    .asking('remove <name>', 'the list, not its instruments')
    .action((name: string, given: Asked) =>
      run(given, (to) => watchlistSet(to, name, [], given.reason)),
    );
}
