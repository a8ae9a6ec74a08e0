import { loadInstruments, valueAsOf } from '@ballast/db';
import {
  type InstrumentId,
  MICROSTRUCTURE_KINDS,
  type MicrostructureKind,
  TAKER_INTERVAL_MS,
} from '@ballast/domain';
import { readInstant, readInstrumentId } from '../arguments.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const UNITS: Readonly<Record<MicrostructureKind, string>> = {
  'open-interest': 'units of base',
  'funding-rate': 'of the value, longs pay shorts',
  'long-account-share': 'of the accounts with a position',
  'taker-buy-volume': `units of base in ${TAKER_INTERVAL_MS / 60_000} min`,
  'taker-sell-volume': `units of base in ${TAKER_INTERVAL_MS / 60_000} min`,
};

type Value = {
  readonly kind: MicrostructureKind;
  readonly at: number;
  readonly knownAt: number;
  readonly value: string;
  readonly source: string;
};

/**
 * What was known of a market beside its prices, now or at an earlier time. Ok when something was
 * known of each kind.
 * @throws Failure for a time that cannot be read and an instrument that is not listed
 */
export async function dataMicrostructure(
  { db }: Pick<Platform, 'db'>,
  text: string,
  asked: { readonly asOf?: string },
): Promise<Report> {
  const instrument = readInstrumentId(text);
  const asOf = asked.asOf === undefined ? Date.now() : readInstant(asked.asOf);
  const known = await loadInstruments(db);
  if (!known.some(({ id }) => id === instrument)) {
    throw new Failure('INSTRUMENT_UNKNOWN', `${instrument} is not listed`, EXIT.usage);
  }
  const values = await valuesAsOf(db, instrument, asOf);
  const unknown = MICROSTRUCTURE_KINDS.filter((one) => !values.some(({ kind }) => kind === one));
  return {
    ok: unknown.length === 0,
    data: { instrument, asOf, values, unknown },
    lines: [
      `${instrument} as of ${timeText(asOf)}`,
      ...values.map(
        ({ kind, value, at, knownAt, source }) =>
          `${kind.padEnd(18)} ${value} ${UNITS[kind]}, of ${timeText(at)}, ` +
          `known since ${timeText(knownAt)} (${source})`,
      ),
      ...unknown.map((kind) => `${kind.padEnd(18)} nothing known`),
    ],
  };
}

async function valuesAsOf(
  db: Platform['db'],
  instrument: InstrumentId,
  asOf: number,
): Promise<Value[]> {
  const values: Value[] = [];
  for (const kind of MICROSTRUCTURE_KINDS) {
    const found = await valueAsOf(db, { instrument, kind, at: asOf, asOf });
    if (found !== null) values.push({ kind, ...found });
  }
  return values;
}
