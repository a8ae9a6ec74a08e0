import { openBus, putHeartbeat } from '@ballast/bus';
import {
  type Database,
  openDatabase,
  orders,
  saveAskingSignal,
  saveBars,
  saveBlockedSignal,
  saveInstruments,
  trades,
} from '@ballast/db';
import {
  parsePrice,
  parseQuantity,
  parseScaled,
  type Price,
  type Signal,
  tradePlanToWire,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { marketPlan, sizeTrade } from '@ballast/order-core';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { parity } from '../src/commands/parity.ts';
import type { Difference } from '../src/parity/replay-decisions.ts';
import type { Platform } from '../src/platform.ts';
import {
  BTC,
  configure,
  DAY,
  EQUITY,
  id,
  MINUTE,
  NOON,
  signalsOn,
  wave,
} from './parity-day.fixture.ts';

const PARTS = { riskFraction: parseScaled('0.0025'), notionalFraction: parseScaled('0.1') };
export const TERMS = { riskFraction: '0.0025', notionalFraction: '0.1', gates: {} };
const COOLDOWN_MS = 900_000;

type Stores = {
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly platform: Pick<Platform, 'db' | 'bus' | 'access'>;
  readonly owner: Database;
  readonly worker: Database;
  readonly gateway: Database;
};

/** 2 June 2026 as strategy-worker and gateway would have stored it. */
export class LiveDay {
  readonly said = new Map<string, Signal[]>();
  /** Those of them that have asked for a trade. */
  readonly asking: Signal[] = [];
  readonly stores: Stores;

  private constructor(stores: Stores) {
    this.stores = stores;
  }

  static async open(): Promise<LiveDay> {
    const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    const owner = openDatabase(database.ownerUrl, { max: 1 });
    const worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
    const gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
    const access = {
      account: 'paper',
      mode: 'paper',
      dashboardUrl: null,
      databaseUrl: '',
    } as const;
    const keys = { redisUrl: '', commandKey: '', loginKey: null };
    const platform = {
      db: openDatabase(database.urls.cli, { max: 1 }),
      bus: openBus(redis.urls.cli, 'cli', createLogger('test', 'silent')),
      access: { ...access, ...keys },
    };
    const day = new LiveDay({ database, redis, platform, owner, worker, gateway });
    await day.#live();
    return day;
  }

  async #live(): Promise<void> {
    const { database, gateway, worker } = this.stores;
    const marketData = openDatabase(database.urls['market-data'], { max: 1 });
    await saveInstruments(marketData, [BTC], DAY);
    const bars = wave();
    await saveBars(marketData, bars);
    await marketData.close();
    for (const name of ['momentum', 'mean-reversion'] as const) {
      this.said.set(name, signalsOn(bars, name));
    }
    await configure(database, { gateway, worker });
    await this.heard(DAY - MINUTE);
    for (const signal of [...this.said.values()].flat()) await this.#decided(signal);
  }

  async close(): Promise<void> {
    const { platform, owner, worker, gateway, database, redis } = this.stores;
    await platform.bus.close();
    await Promise.all([platform.db, owner, worker, gateway].map((one) => one.close()));
    await Promise.all([database.drop(), redis.stop()]);
  }

  /** A strategy-worker that has run since then. */
  async heard(startedAt: number): Promise<void> {
    const bus = openBus(
      this.stores.redis.urls['strategy-worker'],
      'test',
      createLogger('test', 'silent'),
    );
    const of = { service: 'strategy-worker', pid: 1, version: '1', loopDelayP99Ms: 1, counts: {} };
    await putHeartbeat(bus, { ...of, startedAt, at: DAY + 1_440 * MINUTE });
    await bus.close();
  }

  async #decided(signal: Signal): Promise<void> {
    const { id: signalId, strategy, decidedAt: blockedAt } = signal;
    const by = { signalId, settingsId: null, regime: 'bull', blockedAt } as const;
    if (strategy === 'momentum' && blockedAt >= NOON) {
      const agoMs = blockedAt - (this.asking.at(-1)?.decidedAt ?? 0);
      if (agoMs >= COOLDOWN_MS) {
        this.asking.push(signal);
        return this.asked(signal);
      }
      const told = `cooldown of ${COOLDOWN_MS} ms between asks of one strategy in the instrument`;
      const refusal = { gate: 'cooldown', input: `momentum asked ${agoMs} ms ago` } as const;
      await saveBlockedSignal(this.stores.worker, signal, { ...by, ...refusal, threshold: told });
      return;
    }
    const off = { gate: 'switch', threshold: 'buy switch on' } as const;
    const input = `no switch was ever set for ${strategy}`;
    await saveBlockedSignal(this.stores.worker, signal, { ...by, ...off, input });
  }

  /** @param moved from the close, in ticks: the quote at which it was sized */
  async asked(signal: Signal, moved = 0, change: { quantity?: string } = {}): Promise<void> {
    const { worker, gateway } = this.stores;
    const { direction, level, strategy, id: signalId, decidedAt } = signal;
    const price: Price = parsePrice((level.entry + 0.1 * moved).toFixed(1));
    const given = {
      ...PARTS,
      instrument: BTC,
      direction,
      level,
      price,
      equity: EQUITY,
      volume: null,
    };
    const sized = sizeTrade(given);
    if (sized.kind === 'refused') throw new Error(sized.input);
    const { quantity: odd } = change;
    const quantity = odd === undefined ? sized.quantity : parseQuantity(odd);
    const plan = marketPlan({ ...sized, quantity }, given, { kind: 'signal', signalId, strategy });
    const tradeId = id(decidedAt);
    await saveAskingSignal(worker, signal, { tradeId, commandId: id(decidedAt) });
    const at = { createdAt: decidedAt + 50, updatedAt: decidedAt, endedAt: decidedAt + 1_000 };
    const of = { account: 'paper', instrument: BTC.id, direction, status: 'closed' };
    await gateway.insert(trades).values({
      ...{ id: tradeId, ...of, ...at, origin: strategy, signalId, plan: tradePlanToWire(plan) },
      ...{ state: {}, quantity, realisedCum: 0n, feesCum: 0n, epoch: 1 },
    });
    await gateway.insert(orders).values({
      ...{ clientOrderId: tradeId, tradeId, role: 'entry', instrument: BTC.id, side: 'buy' },
      ...{ type: 'market', quantity, reduceOnly: false, status: 'filled', reason: '' },
      ...{ filledQuantityCum: quantity, createdAt: decidedAt, updatedAt: decidedAt },
    });
  }

  async askedAgain(signal: Signal, moved = 0, change: { quantity?: string } = {}): Promise<void> {
    const { owner } = this.stores;
    await owner.execute(`DELETE FROM orders`);
    await owner.execute(`DELETE FROM trades WHERE signal_id = '${signal.id}'`);
    await owner.execute(`DELETE FROM signals WHERE id = '${signal.id}'`);
    await this.asked(signal, moved, change);
  }

  async run() {
    const report = await parity(this.stores.platform, '2026-06-02', TERMS);
    const differences = report.data['differences'] as readonly Difference[];
    return { ok: report.ok, data: report.data, differences };
  }

  /** With one thing changed, and put back. */
  async changed(text: string, back: string) {
    await this.stores.owner.execute(text);
    try {
      return await this.run();
    } finally {
      await this.stores.owner.execute(back);
    }
  }
}

export function one(of: readonly Signal[] | undefined, at: number): Signal {
  const found = of?.at(at);
  if (found === undefined) throw new Error(`no signal ${at}`);
  return found;
}
