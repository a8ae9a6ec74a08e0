import { basename } from 'node:path';
import { InvalidInput } from '@ballast/domain';
import type { Command } from 'commander';
import { valueOf } from './sweep/vary.ts';
import type { TrialRequest } from './trial.ts';

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

/** The options that a run and a sweep have in common. */
export function withTrialOptions(command: Command): Command {
  return command
    .exitOverride()
    .requiredOption('--strategy <name>', 'which')
    .requiredOption('--bars <path...>', 'CSV or CSV.gz: ts,open,high,low,close,volume')
    .option('--market <name>', 'of the instruments; symbols are file names up to _', 'bybit.linear')
    .option('--set <name=value...>', 'a parameter of the strategy', [])
    .option('--gate <name=value...>', 'a limit of the gates', [])
    .option('--finer <path>', 'narrower bars of the one instrument: what came first in a bar')
    .option('--btc <path>', "bitcoin's bars of 4h or 1d, for the regime")
    .option('--funding <path>', 'settlements of funding: ts,...,funding_rate')
    .option('--cash <amount>', 'what the account begins with', '100000')
    .option('--maker-fee <part>', 'of the value of an execution', '0.0002')
    .option('--taker-fee <part>', 'of the value of an execution', '0.00055')
    .option('--spread <part>', 'of the price, between bid and ask', '0.0001')
    .option('--slippage <part>', 'of the price, what an order at market pays beyond it', '0.0001')
    .option('--risk <part>', 'of the equity, lost at the stop', '0.01')
    .option('--notional <part>', 'of the equity, in one position at most', '0.1')
    .option('--volume <part>', 'of what a bar traded, in one trade at most')
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
  return {
    ...given,
    bars: bars.map((file) => ({ file, instrument: `${market}:${symbolOf(file)}` })),
    parameters: Object.fromEntries(set.map((pair) => pairOf('--set', pair))),
    gates: Object.fromEntries(gate.map((pair) => pairOf('--gate', pair))),
    finer: given.finer ?? null,
    ...{ btc: given.btc ?? null, funding: given.funding ?? null, volume: given.volume ?? null },
    ...{ spread: partOf('--spread', given.spread), slippage: partOf('--slippage', given.slippage) },
  };
}

const symbolOf = (file: string): string => basename(file).split(/[_.]/)[0]?.toUpperCase() ?? '';

/** @throws InvalidInput USAGE */
export function countOf(name: string, text: string, most = 256): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new InvalidInput('USAGE', `${name} must be a whole number from 1 to ${most}: "${text}"`);
}

function partOf(name: string, text: string): number {
  const part = Number(text);
  if (text !== '' && part >= 0 && part < 1) return part;
  throw new InvalidInput('USAGE', `${name} must be a part from 0 to below 1: "${text}"`);
}

function pairOf(option: string, pair: string): [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 1) throw new InvalidInput('USAGE', `${option} wants name=value: "${pair}"`);
  return [pair.slice(0, at), valueOf(pair.slice(at + 1))];
}
