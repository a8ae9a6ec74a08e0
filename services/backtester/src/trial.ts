import { createHash } from 'node:crypto';
import { type BacktestOptions, type KnownColumn, type Series } from '@ballast/backtest-core';
import {
  type InstrumentId,
  InvalidInput,
  parseInstrumentId,
  parseScaled,
  TIMEFRAME_MS,
  type Timeframe,
  type VenueCapabilities,
} from '@ballast/domain';
import { DEFAULT_RISK_LIMITS } from '@ballast/order-core';
import { gateConfiguration, type Strategy, strategyNamed } from '@ballast/strategies';
import { readBarsFile } from './bars-file.ts';
import { fundingFrom, regimeFrom } from './known-files.ts';
import { capabilitiesAt, instrumentOf, timeframeOf } from './tried-instrument.ts';

export type TrialRequest = {
  readonly strategy: string;
  /** Files of bars, and whose they are. */
  readonly bars: readonly { readonly file: string; readonly instrument: string }[];
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Limits of the gates that are not their defaults. */
  readonly gates: Readonly<Record<string, unknown>>;
  /** Narrower bars of a single instrument, which say what came first inside of a bar; or null. */
  readonly finer: string | null;
  /** Bitcoin's bars of 4h or 1d, for the regime; null: it is not known. */
  readonly btc: string | null;
  /** Settlements of funding, of a single instrument; null: they are not known. */
  readonly funding: string | null;
  /** In the instruments' quote currency. */
  readonly cash: string;
  /** Parts of the value of an execution, decimal text. */
  readonly makerFee: string;
  readonly takerFee: string;
  /** Parts of the price. */
  readonly spread: number;
  readonly slippage: number;
  /** Parts of the equity, decimal text: lost at the stop, and bound by one position. */
  readonly risk: string;
  readonly notional: string;
  /** Of what a bar traded, the most that a trade may be; null for no such cap. */
  readonly volume: string | null;
};

/** All that a run needs, read and checked. */
export type Trial = {
  readonly strategy: Strategy;
  readonly timeframe: Timeframe;
  readonly series: readonly Series[];
  readonly options: BacktestOptions;
  /** Of all bars and of what is known beside them: the same data have the same. */
  readonly hash: string;
};

/** @throws InvalidInput with what is wrong with the request, or with which row of which file */
export async function prepareTrial(request: TrialRequest): Promise<Trial> {
  const strategy = strategyNamed(request.strategy);
  const model = strategy.model(request.parameters);
  const regime = request.btc === null ? [] : [await regimeFrom(request.btc)];
  const funding = request.funding === null ? [] : [await fundingFrom(request.funding)];
  if (funding.length > 0 && request.bars.length > 1) {
    throw new InvalidInput('FUNDING_OF_WHICH', 'funding is of one instrument, and there are more');
  }
  const finer = request.finer === null ? null : await readBarsFile(request.finer);
  if (finer !== null && request.bars.length > 1) {
    throw new InvalidInput(
      'FINER_OF_WHICH',
      'finer bars are of one instrument, and there are more',
    );
  }
  const known: readonly KnownColumn[] = [...regime, ...funding];
  const hash = createHash('sha256');
  for (const { of, knownAt, value } of known) {
    hash.update(of).update(Float64Array.from(knownAt)).update(Float64Array.from(value));
  }
  const series: Series[] = [];
  for (const { file: path, instrument: name } of request.bars) {
    const file = await readBarsFile(path);
    hash.update(`${name} ${file.hash} ${finer?.hash ?? ''}\n`);
    const instrument = instrumentOf(parseInstrumentId(name), file);
    const timeframe = timeframeOf(file.bars, path);
    checkOnce(instrument.id, series);
    if (finer !== null) checkNarrower(timeframeOf(finer.bars, request.finer ?? ''), timeframe);
    const of = { instrument, timeframe, bars: file.bars, model, known };
    series.push(finer === null ? of : { ...of, finer: finer.bars });
  }
  const [first] = series;
  if (first === undefined) throw new InvalidInput('BARS_NONE', 'no file of bars was named');
  const other = series.find(({ timeframe }) => timeframe !== first.timeframe);
  if (other !== undefined) {
    const both = `${first.timeframe} and ${other.timeframe}`;
    throw new InvalidInput('TIMEFRAMES_DIFFER', `${both}: bars of one run are of one timeframe`);
  }
  const options = optionsOf(request, first.instrument.quoteCurrency, series);
  return { strategy, timeframe: first.timeframe, series, options, hash: hash.digest('hex') };
}

function checkOnce(id: InstrumentId, series: readonly Series[]): void {
  if (!series.some(({ instrument }) => instrument.id === id)) return;
  throw new InvalidInput('INSTRUMENT_TWICE', `more than one file is of ${id}`);
}

/** A high of wider bars would be seen before it was there. */
function checkNarrower(finer: Timeframe, timeframe: Timeframe): void {
  if (TIMEFRAME_MS[finer] < TIMEFRAME_MS[timeframe]) return;
  const detail = `finer bars must be narrower than ${timeframe}; these are of ${finer}`;
  throw new InvalidInput('FINER_TIMEFRAME', detail);
}

/** One account trades a run: what the order core may do is the same for all of its instruments. */
const hasRights = (id: InstrumentId, { exits, shorting, postOnly }: VenueCapabilities): boolean => {
  const own = capabilitiesAt(id);
  return own.exits === exits && own.shorting === shorting && own.postOnly === postOnly;
};

/** What the account, its costs and its limits are, for any kind of request. */
export function optionsOf(
  request: Pick<
    TrialRequest,
    'strategy' | 'cash' | 'makerFee' | 'takerFee' | 'spread' | 'slippage'
  > &
    Pick<TrialRequest, 'risk' | 'notional' | 'volume' | 'gates'>,
  currency: string,
  series: readonly Series[],
): BacktestOptions {
  const cash = { amount: parseScaled(request.cash), currency };
  if (cash.amount <= 0n)
    throw new InvalidInput('CASH', 'the account needs some cash to trade with');
  const [capabilities] = series.map(({ instrument }) => capabilitiesAt(instrument.id));
  if (capabilities === undefined) throw new InvalidInput('BARS_NONE', 'no file of bars was named');
  const other = series.find(({ instrument: { id } }) => !hasRights(id, capabilities));
  if (other !== undefined) {
    const detail = `${other.instrument.id} is traded by other rules than the first instrument`;
    throw new InvalidInput(
      'RIGHTS_DIFFER',
      `${detail}: exits and shorts of one run are of one kind`,
    );
  }
  const markets = series.flatMap(({ instrument }) => capabilitiesAt(instrument.id).markets);
  return {
    ...{ strategy: strategyNamed(request.strategy).name, account: 'backtest', cash },
    costs: {
      ...{ makerFee: parseScaled(request.makerFee), takerFee: parseScaled(request.takerFee) },
      ...{ spread: request.spread, slippage: request.slippage },
    },
    capabilities: { ...capabilities, markets },
    limits: DEFAULT_RISK_LIMITS,
    gates: gateConfiguration(request.gates),
    sizing: {
      ...{ risk: parseScaled(request.risk), notional: parseScaled(request.notional) },
      volume: request.volume === null ? null : parseScaled(request.volume),
    },
  };
}
