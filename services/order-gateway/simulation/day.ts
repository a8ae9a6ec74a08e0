import { createHash } from 'node:crypto';
import {
  type Command,
  type InstrumentId,
  type Quote,
  type TradeId,
  uuidV7,
  type VenueCapabilities,
} from '@ballast/domain';
import { ENDED, heedsPrice, quotedPrice, type Trade } from '@ballast/order-core';
import {
  createPrng,
  FAULT_NAMES,
  type FaultName,
  nextUint32,
  nextUnit,
  type Prng,
} from '@ballast/sim-core';
import { JournalError } from '../src/journal/journal-error.ts';
import { simulatedBroker } from './broker.ts';
import { type Disk, emptyDisk } from './disk.ts';
import { FaultPlan, WINDOW_FAULTS } from './fault-plan.ts';
import { Checker } from './invariants.ts';
import { INSTRUMENTS, startMarket, TRADED_MARKETS } from './market.ts';
import type { CommitFate, Mutex } from './memory-store.ts';
import { Operator } from './operator.ts';
import { commandWork, type GatewayProcess, startProcess } from './process.ts';
import { SimulatedVenue } from './venue.ts';
import { VirtualTime } from './virtual-time.ts';

/** 2026-01-05T00:00:00Z; any Monday would do. */
const START = 1_767_571_200_000;
export const DAY_MS = 24 * 3_600_000;
/** After the faults have stopped all must be well within this. */
const CONVERGE_MS = 15 * 60_000;
const SWEEP_EVERY_MS = 120_000;
const REDELIVER_EVERY_MS = 2_000;
const ACCOUNT = 'simulated';
const EXITS: readonly VenueCapabilities['exits'][] = ['reduceOnly', 'reserved'];

export type DayOptions = {
  readonly seed: number;
  readonly faults: readonly FaultName[];
  readonly hours?: number;
  readonly onTrace?: (line: string) => void;
};

export type DayResult = {
  readonly seed: number;
  readonly exits: VenueCapabilities['exits'];
  readonly violations: readonly string[];
  readonly simulatedMs: number;
  readonly events: number;
  readonly trades: number;
  readonly orders: number;
  readonly fills: number;
  readonly commits: number;
  readonly crashes: number;
  readonly faults: ReadonlyMap<FaultName, number>;
  /** Of everything that happened, in order: the same seed gives the same hash. */
  readonly traceHash: string;
};

/** One simulated trading day: faults everywhere, then none, then it must all have ended well. */
export async function simulateDay(options: DayOptions): Promise<DayResult> {
  const day = new Day(options);
  return day.run();
}

class Day {
  readonly #options: DayOptions;
  readonly #prng: Prng;
  readonly #time = new VirtualTime(START);
  readonly #faults: FaultPlan;
  readonly #disk: Disk;
  readonly #lock: Mutex = { tail: Promise.resolve() };
  readonly #venue: SimulatedVenue;
  readonly #broker;
  readonly #quotes = new Map<InstrumentId, Quote>();
  readonly #operator: Operator;
  readonly #checker: Checker;
  readonly #hash = createHash('sha256');
  readonly #exits: VenueCapabilities['exits'];
  readonly #processes = new Set<GatewayProcess>();
  readonly #tradeIds: TradeId[] = [];
  readonly #pending = new Map<number, { readonly command: Command; to: number }>();
  #sent = 0;
  #redelivers = false;
  readonly #market;
  #newest: GatewayProcess | null = null;
  #started = 0;
  #crashes = 0;
  #commits = 0;
  #healed = false;
  #ids = 0;

  constructor(options: DayOptions) {
    this.#options = options;
    this.#prng = createPrng(`ballast ${options.seed}`);
    const split = (name: string): Prng => createPrng(`${options.seed} ${name}`);
    this.#exits = EXITS[options.seed % EXITS.length] ?? 'reduceOnly';
    this.#faults = new FaultPlan(split('faults'), options.faults);
    this.#disk = emptyDisk(INSTRUMENTS);
    const capabilities: VenueCapabilities = {
      markets: TRADED_MARKETS,
      exits: this.#exits,
      shorting: true,
      postOnly: true,
      requestSettlesMs: 5_000,
      timesInForce: ['gtc', 'day', 'ioc', 'fok'],
      executionsKeptMs: DAY_MS,
    };
    this.#venue = new SimulatedVenue(String(options.seed), INSTRUMENTS, capabilities, (news) => {
      for (const item of news) this.#trace(`venue ${item.kind} ${newsText(item)}`);
      this.#checker.onNews(news);
      this.#broker.hear(news);
    });
    this.#broker = simulatedBroker({
      ...{ account: ACCOUNT, venue: this.#venue, time: this.#time },
      ...{ faults: this.#faults, prng: split('network') },
      onRepeated: (id) => this.#checker.note(`id ${id} is sent again while the venue has it`),
    });
    this.#operator = new Operator(split('operator'), ACCOUNT, () => this.#newId());
    this.#checker = new Checker(this.#venue, this.#disk, this.#time);
    this.#market = startMarket({
      ...{ venue: this.#venue, time: this.#time, prng: split('market'), faults: this.#faults },
      quotes: this.#quotes,
      onQuote: (quote) => this.#onQuote(quote),
    });
  }

  async run(): Promise<DayResult> {
    const end = START + (this.#options.hours ?? 24) * 3_600_000;
    const onEvent = (): void => this.#checker.check();
    this.#startGateway();
    this.#scheduleOperator(end - 600_000);
    this.#scheduleDisasters(end);
    this.#scheduleBrake(end);
    let events = await this.#time.run(end, onEvent);
    this.#healed = true;
    this.#faults.heal();
    events += await this.#time.run(end + CONVERGE_MS, onEvent);
    this.#checker.atRest(this.#newest, this.#pending.size);
    this.#send(this.#operator.closesAll(this.#time.now()));
    events += await this.#time.run(end + 2 * CONVERGE_MS, onEvent);
    this.#checker.flat();
    return this.#result(events);
  }

  #result(events: number): DayResult {
    const trades = [...this.#disk.trades.values()];
    return {
      seed: this.#options.seed,
      exits: this.#exits,
      violations: this.#checker.violations,
      simulatedMs: this.#time.now() - START,
      events,
      trades: trades.filter(({ status }) => status !== 'denied').length,
      orders: this.#venue.orders.size,
      fills: this.#venue.executions.length,
      commits: this.#commits,
      crashes: this.#crashes,
      faults: this.#faults.counts,
      traceHash: this.#hash.digest('hex'),
    };
  }

  #trace(line: string): void {
    const text = `${this.#time.now() - START} ${line}`;
    this.#hash.update(text);
    this.#options.onTrace?.(text);
  }

  #newId(): string {
    this.#ids += 1;
    const bytes = new Uint8Array(10);
    new DataView(bytes.buffer).setUint32(6, this.#ids);
    new DataView(bytes.buffer).setUint32(2, nextUint32(this.#prng));
    return uuidV7(this.#time.now(), bytes);
  }

  #startGateway(): void {
    this.#started += 1;
    const process = startProcess({
      ...{ number: this.#started, time: this.#time, disk: this.#disk, lock: this.#lock },
      ...{ broker: this.#broker, quotes: this.#quotes, sweepEveryMs: SWEEP_EVERY_MS },
      newId: () => this.#newId(),
      fate: (promises) => this.#commitFate(promises),
      onWrite: (stage, epoch) => this.#checker.written(stage, epoch),
      onDeath: (dead, fault) => this.#onDeath(dead, fault),
    });
    this.#processes.add(process);
    this.#newest = process;
    this.#checker.disturbed(this.#time.now());
    this.#trace(`gateway ${process.number} starts`);
  }

  #onDeath(dead: GatewayProcess, fault: Error | null): void {
    this.#processes.delete(dead);
    this.#trace(`gateway ${dead.number} ends: ${fault?.message ?? 'killed'}`);
    const code = fault instanceof JournalError ? fault.code : '';
    // A fenced process, or one whose commit was torn, is right to end itself.
    if (fault !== null && code !== 'FENCED' && code !== 'TORN')
      this.#checker.note(`gateway ended: ${fault.stack}`);
    if (fault === null) this.#crashes += 1;
    if (dead !== this.#newest) return;
    this.#time.after(500 + this.#below(4_000), () => this.#startGateway());
  }

  /** Death is likeliest where a request is about to leave. */
  #commitFate(promises: number): CommitFate {
    this.#commits += 1;
    if (this.#healed) return 'kept';
    const luck = nextUnit(this.#prng);
    const scale = promises > 0 ? 40 : 1;
    if (luck < 0.0005 * scale) return 'diesBefore';
    if (luck < 0.001 * scale) return 'diesAfter';
    if (luck < 0.0015 * scale) return 'lost';
    return luck < 0.00175 * scale ? 'torn' : 'kept';
  }

  #scheduleOperator(until: number): void {
    const next = (): void => {
      if (this.#time.now() > until) return;
      this.#time.after(20_000 + this.#below(1_200_000), () => {
        this.#act();
        next();
      });
    };
    next();
  }

  #act(): void {
    const at = this.#time.now();
    const ticksOf = (index: number): number => this.#ticks(INSTRUMENTS[index]?.id);
    const live = this.#tradeIds.filter((id) => isLive(this.#disk.trades.get(id)));
    const id = live[this.#below(Math.max(1, live.length))];
    const change = id !== undefined && this.#below(3) === 0;
    const trade = id === undefined ? undefined : this.#disk.trades.get(id);
    const asked = change
      ? this.#operator.changes(at, id, this.#ticks(trade?.plan.instrument))
      : this.#operator.opens(at, ticksOf);
    if (!change && asked.tradeId !== null) this.#tradeIds.push(asked.tradeId);
    this.#send(asked.command);
    if (!change && this.#below(5) === 0) this.#regret(asked.tradeId);
    if (this.#below(6) === 0)
      this.#time.after(1 + this.#below(3_000), () => this.#send(asked.command));
  }

  /** Wants out again before the entry is even known to be at the venue. */
  #regret(tradeId: TradeId | null): void {
    this.#time.after(1 + this.#below(9_000), () => {
      if (tradeId === null) return;
      this.#send(this.#operator.closes(this.#time.now(), tradeId));
    });
  }

  /** Onto the bus, which keeps it until a gateway has said that it is done with it. */
  #send(command: Command): void {
    this.#trace(`command ${command.type}`);
    this.#sent += 1;
    this.#pending.set(this.#sent, { command, to: 0 });
    this.#deliver();
  }

  /** To whichever gateway takes commands; again to the next one when it ended over it. */
  #deliver(): void {
    const newest = this.#newest;
    const journal = newest?.journal() ?? null;
    for (const [number, pending] of this.#pending) {
      if (newest === null || journal === null || pending.to === newest.number) continue;
      pending.to = newest.number;
      journal.write(commandWork(pending.command, this.#time.now())).then(
        () => this.#pending.delete(number),
        () => undefined,
      );
    }
    if (this.#pending.size > 0 && !this.#redelivers) {
      this.#redelivers = true;
      this.#time.after(REDELIVER_EVERY_MS, () => {
        this.#redelivers = false;
        this.#deliver();
      });
    }
  }

  #onQuote(quote: Quote): void {
    const price = quotedPrice(quote.last);
    const at = this.#time.now();
    for (const process of this.#processes) {
      const journal = process.journal();
      if (journal === null || price === null) continue;
      for (const trade of journal.book.trades.values()) {
        if (trade.plan.instrument !== quote.instrument || !heedsPrice(trade, price, at)) continue;
        const input = { type: 'marketPrice', at, price } as const;
        journal.write({ type: 'input', tradeId: trade.id, input }).catch(() => undefined);
      }
    }
  }

  /** On every third day the operator pulls the brake, some time in its last third. */
  #scheduleBrake(end: number): void {
    if (this.#options.seed % 3 !== 0) return;
    const at = end - this.#below((end - START) / 3);
    const pull = (): void => {
      this.#send(this.#operator.pullsTheBrake(this.#time.now()));
      // Nobody may have heard it: whoever pulls looks whether it holds.
      this.#time.after(5_000, () => {
        if (this.#disk.brake?.state === 'released') pull();
        else if (this.#below(2) === 0) this.#newest?.die();
      });
    };
    this.#time.after(at - START, pull);
  }

  #scheduleDisasters(end: number): void {
    const next = (): void => {
      this.#time.after(60_000 + this.#below(3_000_000), () => {
        if (this.#time.now() >= end) return;
        this.#disaster();
        next();
      });
    };
    next();
  }

  #disaster(): void {
    const kind = this.#below(10);
    if (kind < 2) {
      this.#newest?.die();
      return;
    }
    if (kind === 3) {
      this.#venueCancels();
      return;
    }
    if (kind === 2) {
      // A second gateway takes over while the first one lives.
      this.#startGateway();
      return;
    }
    const names = WINDOW_FAULTS.filter(
      (name) => this.#faults.isOn(name) && name !== 'staleListing',
    );
    const name = names[this.#below(Math.max(1, names.length))];
    if (name === undefined) return;
    const until = this.#time.now() + 3_000 + this.#below(120_000);
    this.#checker.disturbed(until);
    this.#trace(`window ${name}`);
    this.#faults.open(name, until);
    if (name === 'stateLost') this.#venue.forgetsBefore = this.#time.now();
    if (name === 'dailyRestart') this.#broker.restart();
  }

  /** Somebody cancels an order of ours at the venue's own screen. */
  #venueCancels(): void {
    const open = [...this.#venue.account.open.values()];
    const order = open[this.#below(Math.max(1, open.length))];
    if (order !== undefined) this.#venue.cancel(order.id, this.#time.now());
  }

  #ticks(id: InstrumentId | undefined): number {
    return id === undefined ? 0 : this.#market.priceTicks(id);
  }

  #below(count: number): number {
    return Math.floor(nextUnit(this.#prng) * count);
  }
}

function isLive(trade: Trade | undefined): boolean {
  return trade !== undefined && !ENDED.has(trade.status);
}

function newsText(item: object): string {
  return JSON.stringify(item, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

export const ALL_FAULTS: readonly FaultName[] = FAULT_NAMES;
