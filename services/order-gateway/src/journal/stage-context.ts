import type { BookedExecution } from '@ballast/db';
import type {
  Instrument,
  InstrumentId,
  Quantity,
  Quote,
  VenueCapabilities,
  VenueConditions,
} from '@ballast/domain';
import type { RiskFacts, RiskLimits } from '@ballast/order-core';

/** What the stage needs besides the book, all gathered before it runs. */
export type StageContext = {
  readonly account: string;
  readonly capabilities: VenueCapabilities;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly quotes: ReadonlyMap<InstrumentId, Quote>;
  readonly brake: RiskFacts['brake'];
  readonly limits: RiskLimits;
  /** What holds at the venue besides its capabilities. */
  readonly conditions: Omit<VenueConditions, 'capabilities'>;
  /** Of the instruments that a command of the batch may enter. */
  readonly coverage: ReadonlyMap<InstrumentId, NonNullable<RiskFacts['coverage']>>;
  /** As of the last commit; null when no command needs it. */
  readonly history: RiskFacts['history'];
  readonly balance: RiskFacts['balance'];
  /** When the venue was asked for the balance; epoch ms. */
  readonly balanceAt: number;
  /** Why a fill may be seen late, which freezes every instrument; null when it would not. */
  readonly behind: string | null;
  /** What is booked apart and a command of the batch may move, by execution id: as stored. */
  readonly apart: ReadonlyMap<string, BookedExecution>;
  /** The quantity in which ledger and venue were last found equal; null when they were not. */
  readonly equalIn: (instrument: InstrumentId) => Quantity | null;
  readonly newId: () => string;
  /** Epoch ms by the store's own clock, which no release of the brake may run ahead of. */
  readonly storeNow: number;
};
