import { COMMAND_BYTES_MAX, type CommandWire, type Producer } from '@ballast/domain';
import type { Bus } from './connection.ts';
import { BusError } from './errors.ts';
import { commandStream } from './keys.ts';
import { signPayload } from './signature.ts';

/**
 * Signs `wire` and appends it to its producer's stream; resolves with the entry id. A
 * BUS_OUTCOME_UNKNOWN may have been taken: send the same command again, the gateway takes an id
 * once. Never trimmed here: MAXLEN on the producer's side could push out a command that nobody has
 * read.
 * @throws BusError COMMAND_TOO_LARGE, or as in BusErrorCode
 */
export async function sendCommand(bus: Bus, wire: CommandWire, key: string): Promise<string> {
  const payload = JSON.stringify(wire);
  const bytes = Buffer.byteLength(payload);
  if (bytes > COMMAND_BYTES_MAX) {
    throw new BusError(
      'COMMAND_TOO_LARGE',
      `command of ${bytes} bytes, limit ${COMMAND_BYTES_MAX}`,
    );
  }
  const stream = commandStream(wire.producer);
  const signature = signPayload(payload, key);
  const id = await bus.run(`XADD ${stream}`, (redis) =>
    redis.xadd(stream, '*', 'payload', payload, 'signature', signature),
  );
  if (id === null) throw new BusError('BUS_REPLY_MALFORMED', `XADD ${stream} gave no entry id`);
  return id;
}

/**
 * Removes what every group has acknowledged, down to the newest `keep` entries. An entry that one
 * group has not read or not acknowledged stays, whatever `keep` says.
 * Resolves with the number removed.
 */
export async function trimCommands(bus: Bus, producer: Producer, keep: number): Promise<number> {
  const stream = commandStream(producer);
  return await bus.run(`XTRIM ${stream}`, async (redis) => {
    const newest = await redis.xrevrange(stream, '+', '-', 'COUNT', keep);
    const oldestKept = newest.at(-1)?.[0];
    if (oldestKept === undefined || newest.length < keep) return 0;
    let limit = oldestKept;
    for (const group of groupNames(await redis.xinfo('GROUPS', stream))) {
      const pending = await redis.xpending(stream, group.name);
      const firstPending = Array.isArray(pending) ? pending[1] : null;
      const needed = typeof firstPending === 'string' ? firstPending : group.lastDelivered;
      if (isBefore(needed, limit)) limit = needed;
    }
    return await redis.xtrim(stream, 'MINID', limit);
  });
}

function groupNames(reply: unknown): { name: string; lastDelivered: string }[] {
  if (!Array.isArray(reply)) throw new BusError('BUS_REPLY_MALFORMED', 'XINFO GROUPS: not a list');
  return reply.map((fields: unknown) => {
    if (!Array.isArray(fields))
      throw new BusError('BUS_REPLY_MALFORMED', 'XINFO GROUPS: no fields');
    const name: unknown = fields[fields.indexOf('name') + 1];
    const lastDelivered: unknown = fields[fields.indexOf('last-delivered-id') + 1];
    if (typeof name !== 'string' || typeof lastDelivered !== 'string') {
      throw new BusError('BUS_REPLY_MALFORMED', 'XINFO GROUPS: no name or last-delivered-id');
    }
    return { name, lastDelivered };
  });
}

/** Order of stream entry ids (`<ms>-<sequence>`), which text order is not. */
function isBefore(a: string, b: string): boolean {
  const [aTime = '0', aSequence = '0'] = a.split('-');
  const [bTime = '0', bSequence = '0'] = b.split('-');
  const byTime = BigInt(aTime) - BigInt(bTime);
  return byTime === 0n ? BigInt(aSequence) < BigInt(bSequence) : byTime < 0n;
}
