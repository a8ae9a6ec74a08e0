import {
  addToUniverse,
  heldInstruments,
  removeFromUniverse,
  type Transaction,
  universeMembership,
} from '@ballast/db';
import {
  type CommandOf,
  type Instrument,
  type InstrumentId,
  UNIVERSE_MAX,
  venueOf,
} from '@ballast/domain';
import type { CommandHandler, CommandHandlers, Refusal } from '../commands/command-handlers.ts';
import type { ListingBook } from './listing.ts';
import { setWatchlist } from './watchlist-handler.ts';

/**
 * The operator's commands about the universe and the lists. After a commit the universe has to be
 * read anew: see `reload` of the universe.
 */
export function universeHandlers(asked: {
  readonly book: ListingBook;
  /** Which of these no source has room for, or tells of, beside what is streamed. */
  readonly withoutSource: (added: readonly Instrument[]) => readonly Instrument[];
}): Pick<CommandHandlers, 'addInstruments' | 'removeInstruments' | 'setWatchlist'> {
  return {
    addInstruments: (command, tx, at) => add(asked, command, tx, at),
    removeInstruments: remove,
    setWatchlist,
  };
}

async function add(
  { book, withoutSource }: Parameters<typeof universeHandlers>[0],
  { body, actor }: CommandOf<'addInstruments'>,
  tx: Transaction,
  at: number,
): Promise<Refusal | null> {
  const wanted = await wantedIds(tx);
  const fresh = [...new Set(body.instruments)].filter((id) => !wanted.has(id));
  const found: Instrument[] = [];
  for (const id of fresh) {
    const answer = findListed(book, id);
    if ('code' in answer) return answer;
    found.push(answer);
  }
  const size = wanted.size + found.length;
  if (size > UNIVERSE_MAX) {
    return { code: 'TOO_MANY_INSTRUMENTS', detail: `${size}, limit ${UNIVERSE_MAX}` };
  }
  const without = withoutSource(found).map(({ id }) => id);
  if (without.length > 0) {
    return { code: 'NO_SOURCE', detail: `no feed has room for ${without.join(', ')}` };
  }
  await addToUniverse(tx, found, { at, actor, reason: body.reason });
  return null;
}

function findListed(book: ListingBook, id: InstrumentId): Instrument | Refusal {
  const venue = venueOf(id);
  if (!book.knows(venue)) {
    return { code: 'VENUE_NOT_CONNECTED', detail: `no feed of ${venue} is configured: ${id}` };
  }
  const list = book.of(venue);
  if (list === null) {
    return { code: 'LISTING_UNKNOWN', detail: `${venue} has not told yet what it lists` };
  }
  return list.get(id) ?? { code: 'INSTRUMENT_NOT_LISTED', detail: `${venue} does not list ${id}` };
}

const remove: CommandHandler<CommandOf<'removeInstruments'>> = async (
  { body, actor },
  tx,
  at,
): Promise<Refusal | null> => {
  const ids = [...new Set(body.instruments)];
  const wanted = await wantedIds(tx);
  const strangers = ids.filter((id) => !wanted.has(id));
  if (strangers.length > 0) {
    return { code: 'INSTRUMENT_NOT_IN_UNIVERSE', detail: strangers.join(', ') };
  }
  const held = await heldInstruments(tx, ids);
  if (held.length > 0) {
    const detail = `a trade or a position is open in ${held.join(', ')}`;
    return { code: 'INSTRUMENT_HELD', detail };
  }
  if (ids.length === wanted.size) {
    return { code: 'LAST_INSTRUMENT', detail: 'nothing would be streamed any more' };
  }
  await removeFromUniverse(tx, ids, { at, actor, reason: body.reason });
  return null;
};

async function wantedIds(tx: Transaction): Promise<ReadonlySet<string>> {
  const members = await universeMembership(tx);
  return new Set(members.filter(({ wanted }) => wanted).map(({ id }) => id));
}
