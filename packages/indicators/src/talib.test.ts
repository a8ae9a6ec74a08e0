import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { CASES, type Table } from './talib-cases.fixture.ts';

const FOLDER = '../../../../shared/data/talib/';

/** TA-Lib 0.6's own values on three series, unstable period 0; not part of the repository. */
const TALIB_FILES = ['AAPL_1d_400', 'BTCUSDT_1h_600', 'ta_regtest_252'].map((name) => {
  const url = new URL(`${FOLDER}${name}_talib.csv.gz`, import.meta.url);
  return { name, present: existsSync(url), read: () => readTable(url) };
});

/** The recorded values have 13 digits. */
const TOLERANCE = 1e-11;
/** TA-Lib takes the deviation from running sums of squares: it is the one with fewer digits. */
const DEVIATION_TOLERANCE = 1e-6;

for (const file of TALIB_FILES) {
  const name = `${file.name} (needs ../shared/data)`;
  test.skipIf(!file.present).each(CASES)(`$name is TA-Lib's on ${name}`, (one) => {
    const table = file.read();
    const ours = one.run(table.columns);
    for (const [output, source] of Object.entries(one.expected)) {
      const theirs = typeof source === 'string' ? table.values(source) : source(table);
      const loose = /^(deviation|bollinger|zScore)/.test(one.name);
      const compared = compare(`${one.name} ${output}`, ours[output], theirs, loose);
      expect(compared, `${output}: rows compared`).toBeGreaterThan(200);
    }
  });
}

/** Rows in which both have a value; throws unless those rows and the values are the same. */
function compare(
  name: string,
  ours: Float64Array | undefined,
  theirs: Float64Array,
  loose: boolean,
): number {
  const relative = loose ? DEVIATION_TOLERANCE : TOLERANCE;
  return theirs.filter((expected, row) => {
    const value = ours?.[row] ?? NaN;
    expect(Number.isNaN(value), `${name} row ${row}: warming up`).toBe(Number.isNaN(expected));
    if (Number.isNaN(expected)) return false;
    const bound = relative * Math.abs(expected) + 1e-10;
    expect(Math.abs(value - expected), `${name} row ${row}`).toBeLessThanOrEqual(bound);
    return true;
  }).length;
}

function readTable(file: URL): Table {
  const [head = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const names = head.split(',');
  const rows = lines.map((line) => line.split(','));
  const values = (name: string): Float64Array => {
    const place = names.indexOf(name);
    if (place === -1) throw new Error(`${file.pathname} has no column ${name}`);
    return Float64Array.from(rows, (row) => (row[place] === '' ? NaN : Number(row[place])));
  };
  return {
    values,
    columns: {
      ...{ openTime: values('ts'), open: values('open'), high: values('high') },
      ...{ low: values('low'), close: values('close'), volume: values('volume') },
    },
  };
}
