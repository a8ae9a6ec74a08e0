import { randomUUID } from 'node:crypto';
import { consumeCommands } from '@ballast/bus';
import { type Database, signals, trades } from '@ballast/db';
import {
  type Command,
  type Instrument,
  parseCommand,
  parsePrice,
  parseQuantity,
  parseUuid,
  type SignalId,
  type StrategyName,
  type TradeId,
  type TradePlan,
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

type Parts = {
  readonly gateway: Database;
  readonly worker: Database;
  readonly redisUrl: string;
  readonly log: Logger;
};

/** As much of the gateway as a worker sees: its trades in the database, for commands it sent. */
export function gatewayHand(
  { gateway, worker, redisUrl, log }: Parts,
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

  async function open(id: TradeId, plan: TradePlan, at: number): Promise<void> {
    const instrument = instruments().find((one) => one.id === plan.instrument);
    if (instrument === undefined) throw new Error('no such instrument');
    const named = { id, account: ACCOUNT, plan, instrument, capabilities };
    const { trade } = openTrade({ ...named, verdicts: [], at });
    const { origin } = plan;
    const signalId = origin.kind === 'signal' ? origin.signalId : null;
    await gateway.insert(trades).values({
      ...{ id, account: ACCOUNT, instrument: plan.instrument, direction: plan.direction },
      ...{ status: 'open', origin: origin.kind, signalId, plan: {} },
      ...{ state: toJson(trade), quantity: plan.quantity, realisedCum: 0n, feesCum: 0n },
      ...{ createdAt: at, updatedAt: at, endedAt: null, endReason: null, epoch: 1 },
    });
  }

  /** A signal of that strategy, asked for on the bar of that time. */
  async function signalOf(strategy: string, { id: instrument }: Instrument, barOpenTime: number) {
    const id = parseUuid<SignalId>(randomUUID());
    await worker.insert(signals).values({
      ...{ id, strategy, instrument, direction: 'long', timeframe: '1h', word: 'enter' },
      ...{ barOpenTime, decidedAt: barOpenTime, level: {}, inputs: {} },
    });
    return id;
  }

  const setTrade = (id: string, status: string, endedAt: number | null) =>
    gateway.pool.query('UPDATE trades SET status = $2, ended_at = $3 WHERE id = $1', [
      ...[id, status, endedAt],
    ]);

  return {
    received,
    /** A long trade that the operator (null) or a strategy has opened on the bar of that time. */
    async openFor(strategy: StrategyName | null, of: Instrument, barOpenTime: number) {
      const tradeId = parseUuid<TradeId>(randomUUID());
      const signalId = strategy && (await signalOf(strategy, of, barOpenTime));
      const plan: TradePlan = {
        ...{ instrument: of.id, direction: 'long', entry: { type: 'market' } },
        ...{ entryExpiresAt: null, stop: parsePrice('90'), quantity: parseQuantity('1') },
        takeProfit: { style: 'single', target: parsePrice('110000') },
        origin:
          strategy === null || signalId === null
            ? { kind: 'ticket' }
            : { kind: 'signal', signalId, strategy },
      };
      await open(tradeId, plan, barOpenTime);
      return tradeId;
    },
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
        if (command.type === 'openTrade') {
          await open(command.body.tradeId, command.body.plan, command.issuedAt);
        }
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
