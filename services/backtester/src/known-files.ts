import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { KnownColumn } from '@ballast/backtest-core';
import { InvalidInput } from '@ballast/domain';
import { regimeHistory } from '@ballast/strategies';
import { parse } from 'csv-parse';
import { readBarsFile } from './bars-file.ts';
import { timeframeOf } from './tried-instrument.ts';

/**
 * Bitcoin's regime as each of its bars made it known.
 * @throws InvalidInput as the bars of a file, and BTC_TIMEFRAME for others than of 4h or 1d
 */
export async function regimeFrom(path: string): Promise<KnownColumn> {
  const { bars } = await readBarsFile(path);
  const timeframe = timeframeOf(bars, path);
  if (timeframe !== '4h' && timeframe !== '1d') {
    throw new InvalidInput('BTC_TIMEFRAME', `the regime is of bars of 4h or 1d, not ${timeframe}`);
  }
  const { knownAt, regime } = regimeHistory(bars, { timeframe });
  return { of: 'regime', knownAt, value: regime };
}

const TIME_AND_RATE = ['ts', 'funding_rate'] as const;

/**
 * Settlements of funding: CSV with the columns ts (epoch ms) and funding_rate among others.
 * @throws InvalidInput FUNDING_COLUMN, FUNDING_ROW with the row (from 1), FUNDING_UNREADABLE
 */
export async function fundingFrom(path: string): Promise<KnownColumn> {
  const parser = parse({ bom: true });
  pipeline(createReadStream(path), parser).catch(() => undefined);
  try {
    return await settlementsOf(path, parser);
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput('FUNDING_UNREADABLE', `${path}: ${why}`);
  }
}

async function settlementsOf(path: string, lines: AsyncIterable<string[]>): Promise<KnownColumn> {
  const [times, rates]: [number[], number[]] = [[], []];
  let places: readonly number[] | null = null;
  for await (const fields of lines) {
    if (places === null) {
      places = TIME_AND_RATE.map((name) => placeOf(fields, name));
      continue;
    }
    const [time = NaN, rate = NaN] = places.map((place) => Number(fields[place] || NaN));
    if (!Number.isFinite(time + rate) || time <= (times.at(-1) ?? -Infinity)) {
      const row = times.length + 1;
      throw new InvalidInput('FUNDING_ROW', `row ${row} of ${path}: no rising time with a rate`);
    }
    times.push(time);
    rates.push(rate);
  }
  const columns = { knownAt: Float64Array.from(times), value: Float64Array.from(rates) };
  return { of: 'fundingRate', ...columns };
}

function placeOf(names: readonly string[], name: string): number {
  const place = names.indexOf(name);
  if (place !== -1) return place;
  throw new InvalidInput('FUNDING_COLUMN', `no column "${name}" among ${names.join(', ')}`);
}
