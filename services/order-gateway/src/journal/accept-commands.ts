import type { StoreTransaction } from '../store/store.ts';
import type { CommandRefusalCode, Work } from './work.ts';

export type CommandWork = Extract<Work, { type: 'command' }>;

/**
 * Stores the commands of a batch; one whose id or nonce is there already, from this batch or ever,
 * becomes a refusal, and so does one that has expired by now. The unique keys of the table decide
 * first, so that a repeat is a repeat whichever process saw the first one and however late.
 * @param now epoch ms of this transaction
 */
export async function acceptCommands(
  tx: Pick<StoreTransaction, 'knownCommands' | 'storeCommands'>,
  works: readonly Work[],
  now: number,
): Promise<Work[]> {
  const first = new Map<string, CommandWork>();
  for (const work of works) {
    if (work.type === 'command' && !first.has(work.command.id)) first.set(work.command.id, work);
  }
  if (first.size === 0) return [...works];
  const unique = [...first.values()];
  const late = unique.filter((work) => isExpired(work, now));
  const known = await tx.knownCommands(late.map(({ command }) => command.id));
  const stored = await tx.storeCommands(unique.filter((work) => !isExpired(work, now)));
  return works.map((work) => {
    if (work.type !== 'command') return work;
    const { id } = work.command;
    const isFirst = first.get(id) === work;
    if (isFirst && stored.has(id)) return work;
    const expired = isFirst && isExpired(work, now) && !known.has(id);
    return refused(work, expired ? 'COMMAND_EXPIRED' : 'COMMAND_REPEATED');
  });
}

export function isExpired({ expired, command }: CommandWork, now: number): boolean {
  return expired || command.expiresAt <= now;
}

function refused(work: CommandWork, code: CommandRefusalCode): Work {
  const { command, entryId, at } = work;
  const { producer, id: commandId, type: detail } = command;
  return { type: 'refusal', producer, entryId, commandId, code, detail, at };
}
