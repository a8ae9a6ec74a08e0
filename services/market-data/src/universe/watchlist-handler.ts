import { loadWatchlists, saveWatchlist, universeMembership } from '@ballast/db';
import { ALL_INSTRUMENTS, type CommandOf } from '@ballast/domain';
import type { CommandHandler, Refusal } from '../commands/command-handlers.ts';

const LISTS_MAX = 50;

/** A list may name what is not streamed at the moment, and nothing that was never stored. */
export const setWatchlist: CommandHandler<CommandOf<'setWatchlist'>> = async (
  { body: { name, instruments }, actor },
  tx,
  at,
): Promise<Refusal | null> => {
  if (name.toLowerCase() === ALL_INSTRUMENTS.toLowerCase()) {
    return { code: 'WATCHLIST_NAME_TAKEN', detail: `"${name}" is the list of all instruments` };
  }
  if (new Set(instruments).size !== instruments.length) {
    const twice = instruments.filter((id, index) => instruments.indexOf(id) !== index);
    return { code: 'INSTRUMENT_REPEATED', detail: twice.join(', ') };
  }
  const stored = new Set((await universeMembership(tx)).map(({ id }) => id));
  const strangers = instruments.filter((id) => !stored.has(id));
  if (strangers.length > 0) {
    return { code: 'INSTRUMENT_NOT_IN_UNIVERSE', detail: strangers.join(', ') };
  }
  const lists = await loadWatchlists(tx);
  const alike = lists.find((list) => list.name.toLowerCase() === name.toLowerCase());
  if (alike !== undefined && alike.name !== name) {
    return { code: 'WATCHLIST_NAME_TAKEN', detail: `there is a list "${alike.name}"` };
  }
  if (alike === undefined && instruments.length === 0) {
    return { code: 'WATCHLIST_UNKNOWN', detail: `there is no list "${name}"` };
  }
  if (alike === undefined && lists.length >= LISTS_MAX) {
    return { code: 'TOO_MANY_WATCHLISTS', detail: `${lists.length}, limit ${LISTS_MAX}` };
  }
  await saveWatchlist(tx, { name, instruments, updatedAt: at, actor });
  return null;
};
