import { commands, insertRows, type PoolClient } from '@ballast/db';
import { toJson } from '@ballast/order-core';
import type { CommandWork } from '../journal/accept-commands.ts';

/** Stores commands and gives the ids of those whose id and nonce nobody has used before. */
export async function storeCommands(
  client: PoolClient,
  works: readonly CommandWork[],
): Promise<Set<string>> {
  const rows = works.map(({ command, at: receivedAt }) => {
    const { id, producer, nonce, type, actor, issuedAt, expiresAt, body } = command;
    const tradeId = 'tradeId' in body ? (body.tradeId ?? null) : null;
    const asked = { id, producer, nonce, type, actor, tradeId, body: toJson(body) };
    return { ...asked, issuedAt, expiresAt, receivedAt };
  });
  const stored = await insertRows(client, commands, rows, 'ON CONFLICT DO NOTHING RETURNING id');
  return new Set(stored.map((row) => String(row['id'])));
}
