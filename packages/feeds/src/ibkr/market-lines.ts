import type { PublicTrade } from '@ballast/domain';
import { TickByTickDataType } from '@stoqey/ib';
import type { FaultSink, FeedFault } from '../faults.ts';
import type { FeedEvent, Route } from '../feed.ts';
import type { RateBudget } from '../token-bucket.ts';
import { type ContractAnswer, createContractQuestions, knownContract } from './contracts.ts';
import { divideLines, type LineLimits, type LineMode } from './line-budget.ts';
import type { Link } from './link.ts';
import { listenToTicks } from './tick-listeners.ts';
import type { TickReader } from './ticks.ts';
import { meaningOf } from './venue-codes.ts';

export type MarketLinesOptions = {
  readonly limits: LineLimits;
  readonly budget: RateBudget;
  readonly fault: FaultSink;
  /** Outlives the connection, so that names of trades do not repeat. */
  readerOf(route: Route): TickReader;
  /** Contract ids by symbol; they never change. */
  readonly contractIds: Map<string, number>;
  now(): number;
  /** All that came in one piece; none of it may be an event. */
  onData(events: FeedEvent[]): void;
  /** The connection is of no use. */
  onRefused(fault: FeedFault, message: string): void;
};

type Line = {
  readonly route: Route;
  readonly reader: TickReader;
  /** What was wanted for it; what it has is less where the venue had no more. */
  readonly wanted: LineMode;
  mode: LineMode;
  /** What runs for it: requests by id. */
  readonly ids: number[];
  /** Its trades begin where the feed has told others before: with the first one it is said. */
  beginsLate: boolean;
  isGone: boolean;
};

/** What one connection asks for and hears about the wanted routes. */
export class MarketLines {
  readonly #link: Link;
  readonly #options: MarketLinesOptions;
  readonly #contracts: ReturnType<typeof createContractQuestions>;
  readonly #lines = new Map<string, Line>();
  readonly #byId = new Map<number, Line>();
  readonly #dirty = new Set<Line>();
  #events: FeedEvent[] = [];
  #hasData = false;
  /** The feed is live by what came on this connection. */
  #hasTold = false;
  #nextId = 1;
  #ended = false;

  constructor(link: Link, options: MarketLinesOptions) {
    this.#link = link;
    this.#options = options;
    this.#contracts = createContractQuestions(link);
    listenToTicks(link, {
      trade: (id, tick) => {
        const line = this.#heard(id);
        const trade = line?.reader.allLast(tick, options.now()) ?? null;
        if (line === undefined || trade === null) return;
        if (line.beginsLate) this.#tellBegin(line, trade);
        this.#events.push({ kind: 'trade', trade });
      },
      change: (id, apply) => {
        const line = this.#heard(id);
        if (line === undefined) return;
        apply(line.reader);
        this.#dirty.add(line);
      },
    });
  }

  setRoutes(routes: readonly Route[]): void {
    // Who has tick-by-tick data keeps it, whatever comes before it now.
    const hasTicks = ({ symbol }: Route): boolean => this.#lines.get(symbol)?.wanted === 'ticks';
    const [first, others] = [routes.filter(hasTicks), routes.filter((one) => !hasTicks(one))];
    const { modes, over } = divideLines([...first, ...others], this.#options.limits);
    const wanted = new Map(routes.map((route) => [route.symbol, route]));
    for (const [symbol, line] of this.#lines) {
      const isSame = wanted.get(symbol)?.instrument === line.route.instrument;
      if (isSame && modes.get(symbol) === line.wanted) continue;
      this.#cancel(line);
      line.isGone = true;
      this.#lines.delete(symbol);
    }
    for (const symbol of over) {
      this.#options.fault('FEED_SYMBOL_LIMIT', `${symbol}: no market-data line is left`);
    }
    for (const [symbol, mode] of modes) {
      const route = wanted.get(symbol);
      if (route === undefined || this.#lines.has(symbol)) continue;
      const reader = this.#options.readerOf(route);
      const begun = { ids: [], beginsLate: false, isGone: false };
      const line: Line = { route, reader, wanted: mode, mode, ...begun };
      this.#lines.set(symbol, line);
      this.#start(line);
    }
  }

  onFault(id: number, code: number, text: string): void {
    if (this.#contracts.refused(id, code, text)) return;
    const line = this.#byId.get(id);
    // Of what is no longer wanted: the venue had sent it before it knew.
    if (line !== undefined) this.#refuse(line, code, text);
  }

  /** Tells all that has been heard since the last time. */
  settle(): void {
    const now = this.#options.now();
    for (const line of this.#dirty) {
      const quote = line.reader.quote(now);
      if (quote !== null) this.#events.push({ kind: 'quote', quote });
    }
    this.#dirty.clear();
    if (!this.#hasData) return;
    const told = this.#events;
    this.#events = [];
    this.#hasData = false;
    this.#hasTold = true;
    this.#options.onData(told);
  }

  oldestQuestionMs(now: number): number {
    return this.#contracts.oldestAgeMs(now);
  }

  stop(): void {
    this.#ended = true;
  }

  #start(line: Line): void {
    const { contractIds, now } = this.#options;
    const { symbol, instrument } = line.route;
    const known = contractIds.get(symbol);
    if (known !== undefined) return this.#subscribe(line, known);
    const answered = (answer: ContractAnswer): void => {
      if (line.isGone) return;
      if (answer.kind === 'refused') return this.#refuse(line, answer.code, answer.message);
      contractIds.set(symbol, answer.contractId);
      this.#subscribe(line, answer.contractId);
    };
    const asked = { symbol, currency: instrument.quoteCurrency };
    this.#request(line, (id) => this.#contracts.ask(id, asked, now(), answered));
  }

  #subscribe(line: Line, contractId: number): void {
    const { api } = this.#link;
    const contract = knownContract(contractId);
    this.#drop(line);
    line.reader.reset();
    line.beginsLate = this.#hasTold;
    if (line.mode === 'quotes') {
      this.#request(line, (id) => api.reqMktData(id, contract, '', false, false));
      return;
    }
    for (const type of [TickByTickDataType.AllLast, TickByTickDataType.BidAsk]) {
      this.#request(line, (id) => api.reqTickByTickData(id, contract, type, 0, false));
    }
  }

  #request(line: Line, act: (id: number) => void): void {
    const id = this.#nextId;
    this.#nextId += 1;
    line.ids.push(id);
    this.#byId.set(id, line);
    this.#send(() => {
      if (this.#byId.has(id)) act(id);
    });
  }

  /** In order, within the venue's rate of messages. */
  #send(act: () => void): void {
    const refused = (error: unknown): void => {
      if (this.#ended) return;
      const message = error instanceof Error ? error.message : 'no budget';
      this.#options.onRefused('FEED_RATE_LIMITED', message);
    };
    this.#options.budget.take(1).then(() => {
      if (!this.#ended) act();
    }, refused);
  }

  #cancel(line: Line): void {
    const { api } = this.#link;
    const isTicks = line.mode === 'ticks';
    for (const id of line.ids) {
      this.#send(() => void (isTicks ? api.cancelTickByTickData(id) : api.cancelMktData(id)));
    }
    this.#drop(line);
    this.#dirty.delete(line);
  }

  /** Forgets the requests of a line; what still comes of them is not read. */
  #drop(line: Line): void {
    for (const id of line.ids.splice(0)) this.#byId.delete(id);
  }

  #refuse(line: Line, code: number, message: string): void {
    const { fault, onRefused, contractIds } = this.#options;
    const { fault: named, of } = meaningOf(code, message);
    const { symbol } = line.route;
    if (of === 'connection') return onRefused(named, `${code} ${message}`);
    fault(named, `${symbol}: ${code} ${message}`);
    if (of === 'nothing') return;
    const contractId = contractIds.get(symbol);
    if (of === 'fallBack' && line.mode === 'ticks' && contractId !== undefined) {
      this.#cancel(line);
      line.mode = 'quotes';
      this.#subscribe(line, contractId);
    } else {
      this.#drop(line);
    }
  }

  #tellBegin(line: Line, { instrument, source, receivedTime }: PublicTrade): void {
    line.beginsLate = false;
    this.#events.push({ kind: 'begin', instrument, source, receivedTime });
  }

  #heard(id: number): Line | undefined {
    const line = this.#byId.get(id);
    if (line !== undefined) this.#hasData = true;
    return line;
  }
}
