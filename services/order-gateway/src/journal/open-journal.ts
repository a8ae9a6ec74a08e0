import { hostname } from 'node:os';
import type {
  Instrument,
  InstrumentId,
  Quote,
  VenueBalance,
  VenueCapabilities,
  VenueConditions,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { coverageSpanMs, DEFAULT_RISK_LIMITS, type RiskLimits } from '@ballast/order-core';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { Journal } from './journal.ts';
import type { StageContext } from './stage-context.ts';
import type { StagedEffect } from './stage.ts';

/** Instruments change rarely (a new listing, a new tick); this often they are read again. */
const INSTRUMENTS_FRESH_MS = 30_000;

/** Takes the account's fence, loads the book and gives the one writer of the gateway's tables. */
export async function openJournal(parts: {
  store: Store;
  account: string;
  capabilities: VenueCapabilities;
  quotes: ReadonlyMap<InstrumentId, Quote>;
  balance: () => VenueBalance | null;
  /** When the venue was asked for the balance; epoch ms. */
  balanceAt: () => number;
  /** Why new risk has to wait; null when it need not. Asked only once commands are taken. */
  behind: () => string | null;
  /** What the venue says of its hours; without it nothing is known of them. */
  conditions?: () => Omit<VenueConditions, 'capabilities'>;
  /** Other than the default ones. */
  limits?: RiskLimits;
  /** The quantity in which ledger and venue were last found equal; without it never. */
  equalIn?: StageContext['equalIn'];
  perform: (effects: readonly StagedEffect[]) => void;
  fatal: (error: Error) => void;
  log: Logger;
  clock: Clock;
  newId: () => string;
}): Promise<Journal> {
  const { store, account, capabilities, log, clock, newId } = parts;
  const limits = parts.limits ?? DEFAULT_RISK_LIMITS;
  const holder = `${hostname()}:${process.pid}`;
  const epoch = await store.takeFence(holder, clock.now(), newId());
  log.info({ account, epoch }, 'fence taken');
  let instruments = new Map<InstrumentId, Instrument>();
  let readAt = 0;

  return new Journal({
    store,
    account,
    epoch,
    book: await store.loadBook(),
    log,
    clock,
    perform: parts.perform,
    fatal: parts.fatal,
    async context(holdsCommand, holdsForeign, entered) {
      if ((holdsCommand || holdsForeign) && clock.now() - readAt > INSTRUMENTS_FRESH_MS) {
        const list = await store.instruments();
        instruments = new Map(list.map((instrument) => [instrument.id, instrument]));
        readAt = clock.now();
      }
      const question = {
        ...{ now: clock.now(), recentWithinMs: limits.duplicateWithinMs },
        ...{ instruments: entered, gapsWithinMs: coverageSpanMs(limits) },
      };
      const [brake, entry] = holdsCommand
        ? await Promise.all([store.brake(), store.entryFacts(question)])
        : (['unreadable', null] as const);
      const coverage = new Map((entry?.coverage ?? []).map((one) => [one.instrument, one]));
      const conditions = parts.conditions?.() ?? { quietWindow: null };
      const behind = holdsCommand ? parts.behind() : null;
      const { quotes } = parts;
      const [balance, balanceAt] = [parts.balance(), parts.balanceAt()];
      const facts = { capabilities, instruments, quotes, brake, balance, balanceAt, behind };
      const risk = { limits, conditions, history: entry?.history ?? null, coverage };
      const equalIn = parts.equalIn ?? (() => null);
      return { equalIn, account, ...facts, ...risk, newId };
    },
  });
}
