import { STRATEGY_SWITCHES, type StrategySwitch } from '@ballast/domain';
import { type Command, Option } from 'commander';
import { settingsGet, settingsHistory, settingsList, settingsSet } from './commands/settings.ts';
import { parametersSet, parametersShow } from './commands/strategy-parameters.ts';
import { strategyShow, strategySwitch, type Wanted } from './commands/strategy.ts';
import { EXIT, Failure } from './failure.ts';
import type { Platform } from './platform.ts';
import type { Report } from './report.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };
type Dated = Shared & { readonly reason: string; readonly from?: string };
type Switched = Shared & { readonly [S in StrategySwitch]?: 'on' | 'off' } & {
  readonly override: boolean;
  readonly reason?: string;
};
type Parameters = Shared & { readonly set: string[]; reason?: string; from?: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Shared, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

const MAY: Record<StrategySwitch, string> = {
  watchlist: 'its soak runs and it is scored; signals are made and stored in any case',
  buy: 'they may open trades',
  sell: 'its word may close what it has opened; stops and targets do so in any case',
};

/** What may trade and by which numbers: effective-dated rows that only the supervisor writes. */
export function addConfigurationCommands(program: Command, wiring: Wiring): void {
  addStrategy(program, wiring);
  addSettings(program, wiring);
}

function addStrategy(program: Command, { shared, run }: Wiring): void {
  const ofStrategy = shared(
    program
      .command('strategy [name]')
      .description('the three switches of a strategy and its soak; without a name, of all'),
  );
  for (const name of STRATEGY_SWITCHES) {
    ofStrategy.addOption(new Option(`--${name} <state>`, MAY[name]).choices(['on', 'off']));
  }
  ofStrategy
    .option('--override', 'buy on before the soak is over; kept with the reason', false)
    .option('--reason <text>', 'why, for the record; needed to switch')
    .action((name: string | undefined, given: Switched) =>
      run(given, (to) => switchOrShow(to, name, given)),
    );
  // Options after the name of a command below are its own, not those of `strategy`.
  ofStrategy.enablePositionalOptions();
  shared(ofStrategy.command('parameters <name>').description('as they are in force, or set them'))
    .option('--set <name=value>', 'one of them, =default for its default; repeatable', gather, [])
    .option('--from <time>', 'in force from then on; without it from now on')
    .option('--reason <text>', 'why, for the record; needed to set')
    .action((name: string, given: Parameters) =>
      run(given, (to) => {
        const { reason, from } = given;
        if (given.set.length === 0) return parametersShow(to, name);
        const dated = { reason: needed(reason), ...(from === undefined ? {} : { from }) };
        return parametersSet(to, name, given.set, dated);
      }),
    );
}

function switchOrShow(to: Platform, name: string | undefined, given: Switched): Promise<Report> {
  const wanted: Wanted = Object.fromEntries(
    STRATEGY_SWITCHES.flatMap((one) => {
      const state = given[one];
      return state === undefined ? [] : [[one, state === 'on']];
    }),
  );
  const { override } = given;
  if (Object.keys(wanted).length === 0 && !override) return strategyShow(to, name);
  if (name === undefined) throw new Failure('USAGE', 'which strategy is meant?', EXIT.usage);
  return strategySwitch(to, name, wanted, { reason: needed(given.reason), override });
}

function addSettings(program: Command, { shared, run }: Wiring): void {
  const settings = program
    .command('settings')
    .description('numbers that the platform goes by')
    .exitOverride();
  const add = (usage: string, description: string): Command =>
    shared(settings.command(usage).description(description));
  add('list', 'all of them, in force and announced').action((given: Shared) =>
    run(given, settingsList),
  );
  add('get <key>', 'one of them')
    .option('--at <time>', 'as in force then; without it now')
    .action((key: string, given: Shared & { at?: string }) =>
      run(given, (to) => settingsGet(to, key, given)),
    );
  add('set <key> <value>', 'from now on, or from a time to come')
    .option('--from <time>', 'in force from then on; without it from now on')
    .requiredOption('--reason <text>', 'why, for the record')
    .action((key: string, value: string, given: Dated) =>
      run(given, (to) => settingsSet(to, key, value, given)),
    );
  add('history <key>', 'who set it to what, when, why and from when on').action(
    (key: string, given: Shared) => run(given, (to) => settingsHistory(to, key)),
  );
}

const gather = (one: string, before: string[]): string[] => [...before, one];

function needed(reason: string | undefined): string {
  if (reason !== undefined) return reason;
  throw new Failure('USAGE', '--reason is needed: why, for the record', EXIT.usage);
}
