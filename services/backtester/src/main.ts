import { basename } from 'node:path';
import { InvalidInput } from '@ballast/domain';
import { Command, CommanderError } from 'commander';
import { runTrial } from './report.ts';
import { textOf } from './run-text.ts';
import { prepareTrial, type TrialRequest } from './trial.ts';

/** As everywhere in Ballast: 64 for words that make no sense, 1 for what could not be done. */
const EXIT = { ok: 0, failure: 1, usage: 64 } as const;

type Given = Pick<
  TrialRequest,
  'strategy' | 'cash' | 'makerFee' | 'takerFee' | 'risk' | 'notional'
> & {
  readonly bars: readonly string[];
  readonly market: string;
  readonly set: readonly string[];
  readonly gate: readonly string[];
  readonly btc?: string;
  readonly funding?: string;
  readonly volume?: string;
  readonly spread: string;
  readonly slippage: string;
  readonly json: boolean;
};

const program = new Command('ballast backtest')
  .description('strategies over bars, with the code that trades')
  .exitOverride();

program
  .command('run')
  .description('one strategy over the bars of one or more files, on one account')
  .exitOverride()
  .requiredOption('--strategy <name>', 'which')
  .requiredOption('--bars <path...>', 'CSV or CSV.gz: ts,open,high,low,close,volume')
  .option('--market <name>', 'of the instruments; symbols are file names up to _', 'bybit.linear')
  .option('--set <name=value...>', 'a parameter of the strategy', [])
  .option('--gate <name=value...>', 'a limit of the gates', [])
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
  .option('--json', 'exactly one JSON object on standard output', false)
  .action(async (given: Given) => {
    const request = requestOf(given);
    const report = runTrial(request, await prepareTrial(request));
    const json = { ok: true, ...report };
    process.stdout.write(given.json ? `${JSON.stringify(json)}\n` : textOf(report));
  });

function requestOf({ json: _json, market, set, gate, bars, ...given }: Given): TrialRequest {
  return {
    ...given,
    bars: bars.map((file) => ({ file, instrument: `${market}:${symbolOf(file)}` })),
    parameters: Object.fromEntries(set.map((pair) => pairOf('--set', pair))),
    gates: Object.fromEntries(gate.map((pair) => pairOf('--gate', pair))),
    ...{ btc: given.btc ?? null, funding: given.funding ?? null, volume: given.volume ?? null },
    ...{ spread: partOf('--spread', given.spread), slippage: partOf('--slippage', given.slippage) },
  };
}

const symbolOf = (file: string): string => basename(file).split(/[_.]/)[0]?.toUpperCase() ?? '';

function partOf(name: string, text: string): number {
  const part = Number(text);
  if (text !== '' && part >= 0 && part < 1) return part;
  throw new InvalidInput('USAGE', `${name} must be a part from 0 to below 1: "${text}"`);
}

/** A number where it reads as one, true and false, else text. */
function pairOf(option: string, pair: string): [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 1) throw new InvalidInput('USAGE', `${option} wants name=value: "${pair}"`);
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
}

try {
  await program.parseAsync();
} catch (error) {
  const asked = error instanceof CommanderError;
  if (!asked && !(error instanceof InvalidInput)) throw error;
  const isUsage = asked || error.code === 'USAGE';
  process.exitCode = asked && error.exitCode === 0 ? EXIT.ok : isUsage ? EXIT.usage : EXIT.failure;
  if (process.exitCode !== EXIT.ok) {
    const said = { code: asked ? 'USAGE' : error.code, message: error.message };
    if (!asked) process.stderr.write(`${said.code}: ${said.message}\n`);
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ ok: false, ...said })}\n`);
    }
  }
}
