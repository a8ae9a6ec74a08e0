import { randomBytes } from 'node:crypto';
import { signPayload } from '@ballast/bus';
import { type Database, loadInstruments } from '@ballast/db';
import {
  type CommandWire,
  type InstrumentId,
  parseScaled,
  type Quote,
  type TradeId,
  uuidV7,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { DEFAULT_RISK_LIMITS, type RiskLimits } from '@ballast/order-core';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import { intake } from '../src/commands/intake.ts';
import type { Journal } from '../src/journal/journal.ts';
import { openJournal } from '../src/journal/open-journal.ts';
import { postgresStore } from '../src/store/postgres-store.ts';
import { auditedBroker } from '../src/venue/audited-broker.ts';
import { createPerformer } from '../src/venue/performer.ts';
import { CAPABILITIES, ENTRY_PRICE, instantVenue, TARGET_PRICE } from './instant-venue.ts';

const KEY = randomBytes(32).toString('hex');
const LIFE_MS = 8_000;
/** So that the rule looks at a few plans, as it does for people, and not at hundreds. */
const DUPLICATE_WITHIN_MS = 500;
/** Wide enough for 64 trades at once that do nothing else; every rule is judged all the same. */
const LIMITS: RiskLimits = {
  ...DEFAULT_RISK_LIMITS,
  openTradesMax: 1_000,
  quoteStaleAfterMs: 3_600_000,
  duplicateWithinMs: DUPLICATE_WITHIN_MS,
};
const EQUITY = { amount: parseScaled('1000000000'), currency: 'USDT' };

export type TradeTimes = { readonly durableMs: number; readonly leavesMs: number };
export type BenchGateway = {
  readonly instruments: readonly InstrumentId[];
  /** One trade from its signed command to its end. @throws Error when a rule denies it */
  trade(instrument: InstrumentId): Promise<TradeTimes>;
  /** Resolves when nothing is being written any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
};

/** The gateway's own intake, journal, order core, audit and performer, with a venue in process. */
export async function startBenchGateway(db: Database, account: string): Promise<BenchGateway> {
  const log = createLogger('bench', 'error');
  const now = (): number => Date.now();
  const newId = (): string => uuidV7(now(), randomBytes(10));
  const startedAt = now();
  const store = postgresStore(db, account);
  const instruments = (await loadInstruments(db)).map(({ id }) => id);
  const quotes = new Map(instruments.map((id) => [id, quoteOf(id)]));
  const failures: Error[] = [];
  const journal = await openJournal({
    ...{ store, account, capabilities: CAPABILITIES, quotes, limits: LIMITS, log },
    ...{ clock: SYSTEM_CLOCK, newId, behind: () => null, balanceAt: () => startedAt },
    balance: () => ({ currency: EQUITY.currency, equity: EQUITY, available: EQUITY }),
    perform: (effects) => performer.perform(effects),
    fatal: (error) => failures.push(error),
  });
  const isWriting = countWrites(journal);
  const venue = instantVenue(account, (tradeId, input) => {
    journal.write({ type: 'input', tradeId, input, channel: 'stream' }).catch(fail);
  });
  const fail = (error: unknown): void => {
    failures.push(error instanceof Error ? error : new Error(String(error)));
  };
  const performer = createPerformer(
    auditedBroker(venue.broker, journal, { now, newId }),
    () => journal,
    {
      ...{ now, log },
    },
  );
  const ended = watchEnds(journal);
  const context = {
    ...({ account, mode: 'paper', now } as const),
    keys: { dashboard: KEY, 'strategy-worker': KEY, cli: KEY },
  };
  let made = 0;

  return {
    instruments,
    async trade(instrument) {
      made += 1;
      const tradeId = newId() as TradeId;
      const payload = JSON.stringify(
        commandOf({ tradeId, instrument, account, number: made, id: newId() }),
      );
      const signature = signPayload(payload, KEY);
      const from = performance.now();
      const work = intake(
        { producer: 'dashboard', entryId: `${made}-0`, payload, signature },
        context,
      );
      if (work?.type !== 'command') throw new Error('the command was not taken');
      await journal.write(work);
      const durableMs = performance.now() - from;
      if (!journal.book.trades.has(tradeId)) throw new Error(`trade ${tradeId} was denied`);
      await ended(tradeId);
      const [failure] = failures;
      if (failure !== undefined) throw failure;
      return { durableMs, leavesMs: (venue.submittedAt.get(tradeId) ?? Number.NaN) - from };
    },
    async idle() {
      while (isWriting()) await SYSTEM_CLOCK.turn();
    },
    async close() {
      await performer.close();
      await journal.close();
    },
  };
}

/** Tells from now on whether anything that was given to the journal is not durable yet. */
function countWrites(journal: Pick<Journal, 'write'>): () => boolean {
  const write = journal.write.bind(journal);
  let writing = 0;
  journal.write = (work) => {
    writing += 1;
    return write(work).finally(() => {
      writing -= 1;
    });
  };
  return () => writing > 0;
}

/** Gives a promise of each trade's end, kept by the commit that ends it. */
function watchEnds(journal: Pick<Journal, 'book' | 'onCommit'>): (id: TradeId) => Promise<void> {
  const ending = new Map<TradeId, () => void>();
  journal.onCommit(() => {
    for (const [id, ended] of ending) {
      if (journal.book.trades.has(id)) continue;
      ending.delete(id);
      ended();
    }
  });
  return (id) => new Promise((resolve) => ending.set(id, resolve));
}

function commandOf(asked: {
  tradeId: TradeId;
  instrument: InstrumentId;
  account: string;
  number: number;
  id: string;
}): CommandWire {
  const { tradeId, instrument, account, number, id } = asked;
  const issuedAt = Date.now();
  return {
    ...{ version: 1, id, producer: 'dashboard', actor: 'bench', account, mode: 'paper' },
    ...{ issuedAt, expiresAt: issuedAt + LIFE_MS, nonce: randomBytes(16).toString('hex') },
    type: 'openTrade',
    body: {
      tradeId,
      plan: {
        instrument,
        ...{ direction: 'long', entry: { type: 'market' }, stop: '49500' },
        takeProfit: { style: 'single', target: TARGET_PRICE },
        // No two alike: the same wish twice would be denied.
        quantity: `0.${String(number).padStart(6, '0')}`,
        origin: { kind: 'ticket' },
      },
    },
  };
}

function quoteOf(instrument: InstrumentId): Quote {
  const at = Date.now();
  return {
    ...({ source: 'bybit' } as const),
    ...{ instrument, bid: '49999.9', bidQuantity: '1', ask: '50000.1', askQuantity: '1' },
    ...{ last: ENTRY_PRICE, eventTime: at, receivedTime: at },
  };
}
