import {
  BACKTEST_DEFAULTS,
  TIMEFRAMES,
  WALK_FORWARD_MODES,
  WALK_FORWARD_WINDOWS_MAX,
} from '@ballast/domain';
import { type Command, Option } from 'commander';

/** What may be asked for over stored bars. */
export type StoredName = 'run' | 'sweep' | 'walk-forward';

const byDefault = (name: keyof typeof BACKTEST_DEFAULTS): string =>
  `(default: ${BACKTEST_DEFAULTS[name]})`;
const CHOSEN_ANEW = 'training moves along, or always begins with the bars';

/** The options of `run`, `sweep` and `walk-forward` with `--stored`. */
export function withStoredOptions(command: Command, name: StoredName): Command {
  command
    .requiredOption('--stored', 'over the bars of the running platform')
    .requiredOption('--strategy <name>', 'which')
    .requiredOption('--instruments <ids>', 'on one account: bybit.linear:BTCUSDT,… by commas')
    .requiredOption('--timeframe <name>', `of the bars: ${TIMEFRAMES.join(', ')}`)
    .requiredOption('--from <time>', 'first open time: 2026-11-18 (UTC), 2026-11-18T12:00:00Z')
    .option('--to <time>', 'up to, and not with, this open time (default: now)')
    .option('--finer <name>', 'narrower bars say what came first in a bar (default: stop first)')
    .addOption(new Option('--set <name=value...>', 'parameters').default([], 'those in force'))
    .addOption(new Option('--gate <name=value...>', 'limits').default([], 'those in force'));
  withAccountOptions(command)
    .option('--seed <number>', SEED[name], '1')
    .addOption(new Option('--wait', 'queue behind what runs').default(false, 'it is refused'))
    .addOption(new Option('--detach', 'ask and go').default(false, 'wait for its end'));
  if (name !== 'sweep') command.option('--html <path>', 'also as a page with pictures');
  if (name === 'run') return command;
  command.requiredOption(
    '--vary <name=values...>',
    'a,b,c or from..to/step; every combination is tried',
  );
  return name === 'sweep' ? command : withWindowOptions(command);
}

const KEPT = 'whole number, kept beside it: what is drawn is seeded by its data';
const SEED = {
  ...{ run: KEPT, 'walk-forward': KEPT },
  sweep: 'whole number, of what is drawn for its judgement',
};

/** The service has the defaults: what is not said is not sent. */
function withAccountOptions(command: Command): Command {
  return command
    .option('--cash <amount>', `quote currency at the begin ${byDefault('cash')}`)
    .option('--maker-fee <part>', `of an execution's value ${byDefault('makerFee')}`)
    .option('--taker-fee <part>', `of an execution's value ${byDefault('takerFee')}`)
    .option('--spread <part>', `of the price, between bid and ask ${byDefault('spread')}`)
    .option('--slippage <part>', `of the price, of orders at market ${byDefault('slippage')}`)
    .option('--risk <part>', `of the equity, lost at the stop ${byDefault('risk')}`)
    .option('--notional <part>', `of the equity, in one position at most ${byDefault('notional')}`)
    .option('--volume <part>', 'of what a bar traded, in one trade at most (default: no cap)');
}

function withWindowOptions(command: Command): Command {
  const range = `1 to ${WALK_FORWARD_WINDOWS_MAX}`;
  return command
    .requiredOption('--windows <count>', `that are run out of sample, end to end, ${range}`)
    .option('--train <times>', `how many windows long the first training is, ${range}`, '3')
    .addOption(
      new Option('--mode <name>', CHOSEN_ANEW).choices(WALK_FORWARD_MODES).default('rolling'),
    );
}
