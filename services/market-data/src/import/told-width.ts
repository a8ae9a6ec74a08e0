import {
  barOpenTime,
  type Instrument,
  InvalidInput,
  type Timeframe,
  TIMEFRAMES,
} from '@ballast/domain';

/** So many rows are no thin market's that open on whole hours by chance. */
const WIDTH_ROWS_MIN = 20;

/**
 * Hours that are taken for minutes are minutes that nobody traded, and holes between them.
 * @throws InvalidInput IMPORT_TIMEFRAME where all rows open as bars of a wider timeframe do
 */
export function requireWidth(
  rows: readonly { readonly openTime: number }[],
  timeframe: Timeframe,
  { session }: Pick<Instrument, 'session'>,
): void {
  if (rows.length < WIDTH_ROWS_MIN) return;
  const wider = TIMEFRAMES.slice(TIMEFRAMES.indexOf(timeframe) + 1, TIMEFRAMES.indexOf('1w'));
  const found = wider.findLast((wide) => {
    const opens = wide === '1d' ? 'continuous' : session;
    return rows.every(({ openTime }) => barOpenTime(wide, opens, openTime) === openTime);
  });
  if (found === undefined) return;
  const all = `all ${rows.length} rows open as bars of ${found} do, and not as those of ${timeframe}`;
  throw new InvalidInput('IMPORT_TIMEFRAME', `${all}: say --timeframe ${found}`);
}
