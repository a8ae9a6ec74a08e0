import {
  loadInstruments,
  loadQualityRecords,
  type QualityRow,
  type QualitySum,
  sumQualityRecords,
} from '@ballast/db';
import { readInstrumentId } from '../arguments.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { countText, type Report, timeText } from '../report.ts';

const SPAN = /^([1-9]\d{0,4})([mhd])$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const RECORDS_MAX = 1_000;
const RECORDS_SHOWN = 20;

type Asked = { readonly instrument?: string; readonly since: string };

/** Records of a whole feed are under this. */
const WHOLE_FEED = '*';

/**
 * Ok when no data broke a rule of quality in the time that is asked for.
 * @throws Failure for an instrument that nobody knows: that it broke none says nothing
 */
export async function dataQuality({ db }: Pick<Platform, 'db'>, asked: Asked): Promise<Report> {
  const { instrument } = asked;
  const now = Date.now();
  const wanted = { since: now - spanMs(asked.since), instrument };
  if (instrument !== undefined && instrument !== WHOLE_FEED) readInstrumentId(instrument);
  const [rules, records] = await Promise.all([
    sumQualityRecords(db, wanted),
    loadQualityRecords(db, wanted, RECORDS_MAX),
  ]);
  const total = rules.reduce((sum, rule) => sum + rule.records, 0);
  if (total === 0 && instrument !== undefined) await requireKnown(db, instrument);
  const more = Math.max(0, total - records.length);
  return {
    ok: total === 0,
    data: { window: { from: wanted.since, to: now }, rules, records, more },
    lines: [...ruleLines(rules), ...recordLines(records, total)],
  };
}

async function requireKnown(db: Platform['db'], instrument: string): Promise<void> {
  if (instrument === WHOLE_FEED) return;
  if ((await loadInstruments(db)).some(({ id }) => id === instrument)) return;
  throw new Failure('INSTRUMENT_UNKNOWN', `${instrument} is not known`, EXIT.usage);
}

/** @throws Failure USAGE */
function spanMs(text: string): number {
  const [, number = '', unit = ''] = SPAN.exec(text) ?? [];
  const each = UNIT_MS[unit];
  if (each === undefined) {
    throw new Failure('USAGE', `--since: a span like 30m, 24h or 7d, not "${text}"`, EXIT.usage);
  }
  return Number(number) * each;
}

function ruleLines(rules: readonly QualitySum[]): string[] {
  if (rules.length === 0) return ['no rule was broken'];
  const width = Math.max(...rules.map(({ rule }) => rule.length));
  return rules.map(({ rule, records, breaches, lastFoundAt }) => {
    const times = `${countText(breaches)} times in ${countText(records)} ${records === 1 ? 'record' : 'records'}`;
    return `${rule.padEnd(width)}  ${times}, last found ${timeText(lastFoundAt)}`;
  });
}

/** The newest at the end, where it is read first. */
function recordLines(records: readonly QualityRow[], total: number): string[] {
  const shown = records.slice(0, RECORDS_SHOWN).reverse().map(recordLine);
  const more = total - shown.length;
  return more > 0 ? [`${countText(more)} earlier records`, ...shown] : shown;
}

function recordLine({ rule, instrument, source, fromTime, toTime, count }: QualityRow): string {
  const whose = instrument === WHOLE_FEED ? 'the whole feed' : instrument;
  const until = toTime === fromTime ? '' : ` to ${timeText(toTime)}`;
  return `${rule} ${whose} by ${source}: ${countText(count)} times, ${timeText(fromTime)}${until}`;
}
