import { commands, insertRows, type PoolClient } from '@ballast/db';
import { toJson } from '@ballast/order-core';
import type { Work } from './work.ts';

type CommandWork = Extract<Work, { type: 'command' }>;

/**
 * Stores the commands of a batch; one whose id or nonce is there already, from this batch or ever,
 * becomes a refusal. The unique keys of the table decide, so that a repeat is a repeat whichever
 * process saw the first one.
 */
export async function acceptCommands(client: PoolClient, works: readonly Work[]): Promise<Work[]> {
  const first = new Map<string, CommandWork>();
  for (const work of works) {
    if (work.type === 'command' && !first.has(work.command.id)) first.set(work.command.id, work);
  }
  const stored = await store(client, [...first.values()]);
  return works.map((work) => {
    if (work.type !== 'command') return work;
    const accepted = stored.has(work.command.id) && first.get(work.command.id) === work;
    return accepted ? work : repeated(work);
  });
}

async function store(client: PoolClient, works: readonly CommandWork[]): Promise<Set<unknown>> {
  const rows = works.flatMap(({ command, at: receivedAt }) => {
    if (!('tradeId' in command.body)) return [];
    const { id, producer, nonce, type, actor, issuedAt, expiresAt, body } = command;
    const { tradeId } = command.body;
    const json = toJson(body);
    return [
      { id, producer, nonce, type, actor, issuedAt, expiresAt, tradeId, body: json, receivedAt },
    ];
  });
  const stored = await insertRows(client, commands, rows, 'ON CONFLICT DO NOTHING RETURNING id');
  return new Set(stored.map((row) => row['id']));
}

function repeated(work: CommandWork): Work {
  const { command, entryId, at } = work;
  const { producer, id: commandId, type: detail } = command;
  return { type: 'refusal', producer, entryId, commandId, code: 'COMMAND_REPEATED', detail, at };
}
