import { loadUniverse, type UniverseRow } from '@ballast/db';
import { formatScaled } from '@ballast/domain';
import { readInstrumentId } from '../arguments.ts';
import { ask } from '../ask.ts';
import type { Platform } from '../platform.ts';
import { countText, type Report, timeText } from '../report.ts';

/** One command names so many at most; more are asked for in several. */
const PER_COMMAND = 100;

/** Ok when every instrument that is wanted is listed by its venue. */
export async function universeList({ db }: Pick<Platform, 'db'>): Promise<Report> {
  const rows = (await loadUniverse(db)).filter(({ wanted }) => wanted);
  const gone = rows.filter(({ listed }) => !listed);
  return {
    ok: gone.length === 0,
    data: { count: rows.length, notListed: gone.length, instruments: rows.map(shown) },
    lines: [
      ...rows.map(line),
      `${countText(rows.length)} instruments, ${countText(gone.length)} not listed`,
    ],
  };
}

function shown({ instrument, listed, changed }: UniverseRow) {
  const { id, tickSize, lotSize, minNotional, sector, session } = instrument;
  const steps = { tickSize: formatScaled(tickSize), lotSize: formatScaled(lotSize) };
  return { id, listed, ...steps, minNotional: formatScaled(minNotional), sector, session, changed };
}

function line({ instrument, listed, changed }: UniverseRow): string {
  const { id, tickSize, lotSize, sector, session } = instrument;
  const steps = `tick ${formatScaled(tickSize)} lot ${formatScaled(lotSize)}`;
  const since = changed === null ? '' : ` since ${timeText(changed.at)} by ${changed.actor}`;
  const mark = listed ? '' : 'NOT LISTED ';
  return `${mark}${id} ${steps} ${sector ?? 'unclassified'} ${session}${since}`;
}

/** @throws Failure with the refusal's code; what earlier commands did stays */
export async function universeChange(
  platform: Platform,
  type: 'addInstruments' | 'removeInstruments',
  texts: readonly string[],
  reason: string,
): Promise<Report> {
  const ids = [...new Set(texts.map(readInstrumentId))];
  const commandIds: string[] = [];
  for (let start = 0; start < ids.length; start += PER_COMMAND) {
    const body = { instruments: ids.slice(start, start + PER_COMMAND), reason };
    commandIds.push((await ask(platform, { type, body })).commandId);
  }
  const rows = await loadUniverse(platform.db);
  const wanted = new Set(rows.filter((row) => row.wanted).map(({ instrument }) => instrument.id));
  const isAdding = type === 'addInstruments';
  const missed = ids.filter((id) => wanted.has(id) !== isAdding);
  return {
    ok: missed.length === 0,
    data: { instruments: ids, missed, count: wanted.size, commandIds },
    lines: [
      ...missed.map((id) => `${id} is ${isAdding ? 'not' : 'still'} in the universe`),
      `${countText(wanted.size)} instruments in the universe`,
    ],
  };
}
