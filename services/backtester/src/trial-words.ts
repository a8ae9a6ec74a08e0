import { basename } from 'node:path';
import { BACKTEST_DEFAULTS, InvalidInput } from '@ballast/domain';
import { limitFromText } from '@ballast/strategies';
import { type Command, Option } from 'commander';
import { valueOf } from './sweep/vary.ts';
import type { TrialRequest } from './trial.ts';
import { MARKETS } from './tried-instrument.ts';

/** What was said of a trial on the command line. */
export type TrialWords = Pick<
  TrialRequest,
  'strategy' | 'cash' | 'makerFee' | 'takerFee' | 'risk' | 'notional'
> & {
  readonly bars: readonly string[];
  readonly market: string;
  readonly set: readonly string[];
  readonly gate: readonly string[];
  readonly finer?: string;
  readonly btc?: string;
  readonly funding?: string;
  readonly volume?: string;
  readonly spread: string;
  readonly slippage: string;
  readonly json: boolean;
};

const SHARE = /^0(\.\d{1,18})?$|^1(\.0{1,18})?$/;

/** Processes at once. */
export const WORKERS_MAX = 256;

/** The options that a run and a sweep have in common. */
export function withTrialOptions(command: Command): Command {
  const { cash, makerFee, takerFee, spread, slippage, risk, notional } = BACKTEST_DEFAULTS;
  return command
    .exitOverride()
    .requiredOption('--strategy <name>', 'which')
    .requiredOption('--bars <path...>', 'CSV, CSV.gz: ts,open,high,low,close,volume; ts epoch ms')
    .addOption(
      new Option('--market <name>', 'of the instruments; symbols are file names up to _')
        .choices(MARKETS)
        .default('bybit.linear'),
    )
    .addOption(new Option('--set <name=value...>', 'parameters').default([], "the strategy's"))
    .addOption(new Option('--gate <name=value...>', 'limits').default([], "the gates' own"))
    .option('--finer <path>', 'narrower bars of the one instrument (default: stop comes first)')
    .option('--btc <path>', "bitcoin's bars of 4h or 1d (default: no regime is known)")
    .option('--funding <path>', 'settlements: ts,...,funding_rate (default: none is paid)')
    .option('--cash <amount>', 'quote currency at the begin', cash)
    .option('--maker-fee <part>', "of an execution's value", makerFee)
    .option('--taker-fee <part>', "of an execution's value", takerFee)
    .option('--spread <part>', 'of the price, between bid and ask', String(spread))
    .option('--slippage <part>', 'of the price, of orders at market', String(slippage))
    .option('--risk <part>', 'of the equity, lost at the stop', risk)
    .option('--notional <part>', 'of the equity, in one position at most', notional)
    .option('--volume <part>', 'of what a bar traded, in one trade at most (default: no cap)')
    .option('--json', 'exactly one JSON object on standard output', false);
}

/** @throws InvalidInput USAGE */
export function requestOf({
  json: _json,
  market,
  set,
  gate,
  bars,
  ...given
}: TrialWords): TrialRequest {
  checkShares(given);
  return {
    ...given,
    bars: bars.map((file) => ({ file, instrument: `${market}:${symbolOf(file)}` })),
    parameters: Object.fromEntries(set.map((pair) => pairOf('--set', pair, valueOf))),
    gates: Object.fromEntries(gate.map((pair) => pairOf('--gate', pair, limitFromText))),
    finer: given.finer ?? null,
    ...{ btc: given.btc ?? null, funding: given.funding ?? null, volume: given.volume ?? null },
    ...{ spread: partOf('--spread', given.spread), slippage: partOf('--slippage', given.slippage) },
  };
}

const symbolOf = (file: string): string => basename(file).split(/[_.]/)[0]?.toUpperCase() ?? '';

/** @throws InvalidInput USAGE */
export function countOf(name: string, text: string, most = WORKERS_MAX): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new InvalidInput('USAGE', `${name} must be a whole number from 1 to ${most}: "${text}"`);
}

type Shares = Pick<TrialWords, 'makerFee' | 'takerFee' | 'risk' | 'notional' | 'volume'>;

/** They go on as decimal text: what they come to is exact. */
function checkShares({ makerFee, takerFee, risk, notional, volume }: Shares): void {
  const named = {
    ...{ '--maker-fee': makerFee, '--taker-fee': takerFee, '--risk': risk },
    ...{ '--notional': notional, '--volume': volume ?? '0' },
  };
  for (const [name, text] of Object.entries(named)) {
    if (SHARE.test(text)) continue;
    throw new InvalidInput('USAGE', `${name} must be a part from 0 to 1: "${text}"`);
  }
}

function partOf(name: string, text: string): number {
  const part = Number(text);
  if (text !== '' && part >= 0 && part < 1) return part;
  throw new InvalidInput('USAGE', `${name} must be a part from 0 to below 1: "${text}"`);
}

function pairOf(option: string, pair: string, read: (text: string) => unknown): [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 1) throw new InvalidInput('USAGE', `${option} wants name=value: "${pair}"`);
  return [pair.slice(0, at), read(pair.slice(at + 1))];
}
