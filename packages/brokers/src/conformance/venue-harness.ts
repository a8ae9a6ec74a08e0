import type { InstrumentId, Price, Quantity } from '@ballast/domain';
import type { Broker } from '../broker.ts';

/** As sim-core names them; a venue that cannot have one has a fact that says so. */
export type FaultOrder = {
  readonly fault: string;
  readonly on?: 'submit' | 'cancel' | 'query' | 'listing' | 'order' | 'fill';
  readonly count?: number;
  readonly ms?: number;
  readonly percent?: number;
  readonly variant?: string;
};

/** What a venue is like, where no capability of the broker tells it. Each excuses cases. */
export type VenueFacts = {
  /** An HTTP front door: limits, server errors and expired keys are statuses of a request. */
  readonly answersHttp: boolean;
  /** Requests carry a time that the venue compares with its own. */
  readonly checksClock: boolean;
  /** Requests carry a key that can expire. */
  readonly keysExpire: boolean;
  /** It corrects executions after the fact. */
  readonly corrects: boolean;
  /** It numbers orders in a session, and that count can fall back. */
  readonly countsInSession: boolean;
  /** An exit larger than what no other order holds of the position is refused. */
  readonly holdsForExits: boolean;
};

export type VenueOrderState = {
  readonly clientOrderId: string;
  readonly isOpen: boolean;
  readonly filled: Quantity;
};

export type VenueExecution = {
  readonly executionId: string;
  readonly clientOrderId: string;
  readonly quantity: Quantity;
};

/** The venue's books, read past every protocol. `position`: of the harness's instrument. */
export type VenueState = {
  readonly orders: readonly VenueOrderState[];
  readonly executions: readonly VenueExecution[];
  readonly position: bigint;
};

/** A venue that can be watched and broken, and adapters that are connected to it. */
export type VenueHarness = {
  readonly venue: string;
  readonly instrument: InstrumentId;
  readonly tickSize: bigint;
  /** Of one order: several lots, and worth enough for the venue. */
  readonly quantity: Quantity;
  readonly facts: VenueFacts;
  /** Must be in nothing that an adapter says. */
  readonly secrets: readonly string[];
  /** A new adapter; `said` gets what it tells of rows that it cannot read. */
  openBroker(said: (text: string) => void): Broker;
  /** One whose login the venue refuses. */
  openStranger(said: (text: string) => void): Broker;
  lastPrice(): Promise<Price>;
  /** The market trades its way there, and stays. */
  price(to: Price): Promise<void>;
  fault(order: FaultOrder): Promise<void>;
  /** How often a fault has struck so far. */
  struck(fault: string): Promise<number>;
  clearFaults(): Promise<void>;
  /** Every connection ends at once, as a network does it. */
  breakConnections(): Promise<void>;
  /** While false, no connection to the venue is taken and none is kept. */
  reachable(is: boolean): Promise<void>;
  /** While true, working orders are told in a word that no adapter knows. */
  oddWords(are: boolean): void;
  /** How often a placement of this order reached the venue. */
  placementsOf(clientOrderId: string): Promise<number>;
  state(): Promise<VenueState>;
};
