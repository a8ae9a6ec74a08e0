import { loadWatchlists } from '@ballast/db';
import { readInstrumentId } from '../arguments.ts';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

/** Instruments of one list. */
const INSTRUMENTS_MAX = 100;
const NAME = /^[A-Za-z0-9][A-Za-z0-9 _-]{0,31}$/;

export async function watchlistList({ db }: Pick<Platform, 'db'>): Promise<Report> {
  const watchlists = await loadWatchlists(db);
  return {
    ok: true,
    data: { watchlists },
    lines:
      watchlists.length === 0
        ? ['no lists']
        : watchlists.map(({ name, instruments }) => `${name}: ${instruments.join(' ')}`),
  };
}

/** Sets the whole list in this order; an empty one is removed. @throws Failure */
export async function watchlistSet(
  platform: Platform,
  name: string,
  texts: readonly string[],
  reason: string,
): Promise<Report> {
  if (!NAME.test(name)) {
    throw new Failure('USAGE', `"${name}": letters, digits, blank, _ and -, up to 32`, EXIT.usage);
  }
  if (texts.length > INSTRUMENTS_MAX) {
    throw new Failure('USAGE', `${texts.length} instruments, limit ${INSTRUMENTS_MAX}`, EXIT.usage);
  }
  const instruments = texts.map(readInstrumentId);
  const body = { name, instruments, reason };
  const { commandId } = await ask(platform, { type: 'setWatchlist', body });
  const stored = (await loadWatchlists(platform.db)).find((list) => list.name === name);
  const now = stored?.instruments ?? [];
  return {
    ok: now.join(' ') === instruments.join(' '),
    data: { name, instruments: now, commandId },
    lines: [now.length === 0 ? `${name} is removed` : `${name}: ${now.join(' ')}`],
  };
}
