import { consumeCommands } from '@ballast/bus';
import { type Database, signals, trades } from '@ballast/db';
import {
  type Command,
  type CommandOf,
  type Instrument,
  parseCommand,
  type VenueCapabilities,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { openTrade, toJson } from '@ballast/order-core';
import { vi } from 'vitest';
import { ACCOUNT } from './worker-stores.fixture.ts';

const capabilities: VenueCapabilities = {
  ...{ markets: [], exits: 'reduceOnly', shorting: true, postOnly: true },
  ...{ timesInForce: ['gtc'], requestSettlesMs: 5_000, executionsKeptMs: 86_400_000 },
};

/** As much of the gateway as a worker sees: its trades in the database, for the commands it sent. */
export function gatewayHand(
  { gateway, redisUrl, log }: { gateway: Database; redisUrl: string; log: Logger },
  instruments: () => readonly Instrument[],
) {
  const received: Command[] = [];
  let taken = 0;
  const reader = consumeCommands(redisUrl, {
    group: 'order-gateway',
    consumer: 'test',
    producers: ['strategy-worker'],
    onBatch: async (entries) =>
      void received.push(...entries.map(({ payload }) => parseCommand(payload))),
    log,
  });

  async function open({ body, issuedAt: at }: CommandOf<'openTrade'>): Promise<void> {
    const { plan, tradeId: id } = body;
    const instrument = instruments().find((one) => one.id === plan.instrument);
    if (instrument === undefined || plan.origin.kind !== 'signal') throw new Error('no such trade');
    const named = { id, account: ACCOUNT, plan, instrument, capabilities };
    const { trade } = openTrade({ ...named, verdicts: [], at });
    await gateway.insert(trades).values({
      ...{ id, account: ACCOUNT, instrument: plan.instrument, direction: plan.direction },
      ...{ status: 'open', origin: 'signal', signalId: plan.origin.signalId, plan: {} },
      ...{ state: toJson(trade), quantity: plan.quantity, realisedCum: 0n, feesCum: 0n },
      ...{ createdAt: at, updatedAt: at, endedAt: null, endReason: null, epoch: 1 },
    });
  }

  const setTrade = (id: string, status: string, endedAt: number | null) =>
    gateway.pool.query('UPDATE trades SET status = $2, ended_at = $3 WHERE id = $1', [
      ...[id, status, endedAt],
    ]);

  return {
    received,
    /** Waits for every command that a stored signal names, and carries out those that are new. */
    async take(): Promise<Command[]> {
      const rows = await gateway.select().from(signals);
      const asked = rows.filter(({ commandId }) => commandId !== null).length;
      await vi.waitFor(() => {
        if (received.length < asked) throw new Error('a command is still out');
      });
      const fresh = received.slice(taken);
      taken = received.length;
      for (const command of fresh) {
        if (command.type === 'openTrade') await open(command);
        if (command.type === 'closeTrade') {
          await setTrade(command.body.tradeId, 'closing', null);
        }
      }
      return fresh;
    },
    end: (id: string, at: number) => setTrade(id, 'closed', at),
    stop: () => reader.stop(),
  };
}
