import { type Broker, BrokerError, type OrderReference } from '@ballast/brokers';
import { type RiskApproved, formatScaled, type InstrumentId, parseMoney } from '@ballast/domain';
import {
  nextUnit,
  type Prng,
  type RequestFate,
  type RequestKind,
  walletOf,
} from '@ballast/sim-core';
import type { FaultPlan } from './fault-plan.ts';
import { PushLine } from './stream.ts';
import { fillOf, reportOf } from './told.ts';
import { isWorking, type SimulatedVenue, type VenueNews } from './venue.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As the adapters have it: a request without an answer by then is of unknown outcome. */
const CLIENT_TIMEOUT_MS = 7_000;
const LATENCY_MIN_MS = 4;
const LATENCY_SPREAD_MS = 40;

export type SimulatedBroker = Broker & {
  /** The venue has news: each line that is open hears it as its faults allow. */
  hear(news: readonly VenueNews[]): void;
  /** Every connection is cut. */
  restart(): void;
};

type Parts = {
  readonly account: string;
  readonly venue: SimulatedVenue;
  readonly time: VirtualTime;
  readonly faults: FaultPlan;
  readonly prng: Prng;
  /** An id came again although the venue has it. */
  readonly onRepeated: (clientOrderId: string) => void;
};

/** A broker port with a network in between: latency, time-outs, and every fault of the plan. */
export function simulatedBroker(parts: Parts): SimulatedBroker {
  const { account, venue, time, faults } = parts;
  const lines = new Set<PushLine>();
  const ask: Ask = (kind, act) => request(parts, kind, act, lines);

  return {
    venue: 'model',
    account,
    capabilities: venue.capabilities,
    async submit(order) {
      const outcome = await ask('submit', (fate) => place(parts, order, fate));
      if (outcome instanceof BrokerError) throw outcome;
      return outcome;
    },
    async cancel({ clientOrderId }: OrderReference) {
      const done = await ask('cancel', (fate) => {
        const known = venue.orderOf(clientOrderId);
        if (known !== null && fate.fillsFirst) venue.fill(known, time.now());
        const order = venue.orderOf(clientOrderId);
        return order !== null && isWorking(order) && venue.cancel(order.id, time.now());
      });
      if (!done) throw new BrokerError('rejected', 'ORDER_NOT_FOUND', 'not found or final');
    },
    findOrder: ({ clientOrderId }) =>
      ask('query', () => {
        const order = venue.orderOf(clientOrderId);
        if (order === null || order.createdAt > time.now() - faults.listingAgeMs()) return null;
        const forgotten = !isWorking(order) && order.updatedAt < venue.forgetsBefore;
        return forgotten ? null : reportOf(order);
      }),
    executionsOf: ({ clientOrderId }) =>
      ask('query', () =>
        venue.executions
          .filter(({ linkId }) => linkId === clientOrderId)
          .map((execution) => fillOf(execution, account)),
      ),
    ...listings(parts, ask),
    openStream: (handlers) => new PushLine({ ...parts, handlers, lines }),
    hear(news) {
      for (const line of lines) line.hear(news);
    },
    restart() {
      for (const line of lines) line.cut();
    },
  };
}

type Ask = <T>(kind: RequestKind, act: (fate: RequestFate) => T) => Promise<T>;
type Listings = Pick<Broker, 'openOrders' | 'executionsSince' | 'positions' | 'balance'>;

/** What the venue lists, at times as it was a moment ago. */
function listings({ account, venue, time, faults }: Parts, ask: Ask): Listings {
  return {
    openOrders: () =>
      ask('listing', () => {
        const asOf = time.now() - faults.listingAgeMs();
        return [...venue.account.open.values()]
          .filter((order) => order.createdAt <= asOf)
          .map(reportOf);
      }),
    executionsSince: (since) =>
      ask('listing', () => {
        const asOf = time.now() - faults.listingAgeMs();
        return venue.executions
          .filter(({ at }) => at >= since && at <= asOf)
          .map((execution) => fillOf(execution, account));
      }),
    positions: () =>
      ask('listing', () => {
        const asOf = time.now() - faults.listingAgeMs();
        const instruments = [...venue.account.positions.keys()];
        return instruments.map((instrument: InstrumentId) => {
          return { instrument, quantity: venue.quantityAt(instrument, asOf) };
        });
      }),
    balance: () =>
      ask('listing', () => {
        const wallet = walletOf(venue.account, 'USDT');
        const money = (amount: bigint) => parseMoney(formatScaled(amount), 'USDT');
        const { equity, available } = wallet;
        return { currency: 'USDT', equity: money(equity), available: money(available) };
      }),
  };
}

function place(
  { venue, time, faults, onRepeated }: Parts,
  order: RiskApproved,
  { rejectedLater }: RequestFate,
): { venueOrderId: string } | BrokerError {
  if (faults.rollsBack()) return new BrokerError('rejected', 'DUPLICATE_SESSION_ID', 'used before');
  const outcome = rejectedLater
    ? venue.placeRejected(order, time.now())
    : venue.place(order, time.now());
  if (outcome.ok) return { venueOrderId: outcome.order.id };
  const { code, message } = outcome.refusal;
  const repeated = code === 'DUPLICATE_LINK_ID';
  if (repeated) onRepeated(order.clientOrderId);
  return new BrokerError(repeated ? 'unknownOutcome' : 'rejected', code, message);
}

/** One request, there and back again. */
function request<T>(
  parts: Parts,
  kind: RequestKind,
  act: (fate: RequestFate) => T,
  lines: ReadonlySet<PushLine>,
): Promise<T> {
  const { time, faults, prng } = parts;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const latency = (): number => LATENCY_MIN_MS + Math.floor(nextUnit(prng) * LATENCY_SPREAD_MS);
  const fate = faults.request(kind);
  const closed = closedWindow(faults, kind, time.now());
  if (closed !== null) {
    time.after(latency(), () => reject(closed));
    return promise;
  }
  if (fate.refusal !== null && fate.refusal !== 'serverError') {
    time.after(latency(), () => reject(new BrokerError('notSent', 'REFUSED', fate.refusal ?? '')));
    return promise;
  }
  time.after(CLIENT_TIMEOUT_MS, () =>
    reject(new BrokerError('unknownOutcome', 'TIMEOUT', 'no answer in time')),
  );
  time.after(latency(), () => arrive(parts, fate, act, { resolve, reject, latency, lines }));
  return promise;
}

type Way<T> = {
  resolve(answer: T): void;
  reject(error: Error): void;
  latency(): number;
  readonly lines: ReadonlySet<PushLine>;
};

function arrive<T>(
  { time, faults }: Parts,
  fate: RequestFate,
  act: (fate: RequestFate) => T,
  way: Way<T>,
): void {
  const mute = faults.within('halfOpenSocket', time.now());
  const answer = fate.carriedOut && !mute ? act(fate) : null;
  if (mute) return;
  if (fate.refusal === 'serverError' || fate.answer === 'broken') {
    const code = fate.refusal === null ? 'CONNECTION_LOST' : 'SERVER_ERROR';
    time.after(way.latency(), () =>
      way.reject(new BrokerError('unknownOutcome', code, 'no answer')),
    );
    return;
  }
  if (answer === null && !fate.carriedOut) return;
  if (fate.pushFirst) for (const line of way.lines) line.flush();
  time.after(way.latency() + fate.answerAfterMs, () => way.resolve(answer as T));
}

/** While the venue is closed for a while nothing gets through, and the client knows it. */
function closedWindow(faults: FaultPlan, kind: RequestKind, now: number): BrokerError | null {
  if (faults.within('dailyRestart', now)) {
    return new BrokerError('notSent', 'VENUE_DOWN', 'connection refused');
  }
  if (faults.within('tokenExpired', now)) return new BrokerError('notSent', 'TOKEN', 'expired');
  if (kind !== 'listing' && faults.within('clockSkew', now)) {
    return new BrokerError('notSent', 'CLOCK_SKEW', 'outside the receive window');
  }
  return null;
}
