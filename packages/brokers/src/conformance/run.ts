import { setTimeout as delay } from 'node:timers/promises';
import type { Quantity } from '@ballast/domain';
import { ANSWER_CASES } from './answer-cases.ts';
import { type Attempt, openAttempt, referenceOf, SOON_MS, until } from './attempt.ts';
import type { ConformanceCase } from './case.ts';
import { CONNECTION_CASES } from './connection-cases.ts';
import { FILL_CASES } from './fill-cases.ts';
import { IDENTITY_CASES } from './identity-cases.ts';
import { ORDER_CASES } from './order-cases.ts';
import type { VenueHarness } from './venue-harness.ts';

/** A hundred numbers for each list: a case keeps its number when others are added at the ends. */
const LISTS = [ORDER_CASES, IDENTITY_CASES, ANSWER_CASES, FILL_CASES, CONNECTION_CASES];
export const CASES: readonly (ConformanceCase & { readonly number: number })[] = LISTS.flatMap(
  (list, group) => list.map((one, index) => ({ ...one, number: (group + 1) * 100 + index + 1 })),
);

const CASE_MAX_MS = 90_000;
const LIVE_WITHIN_MS = 20_000;
const CLEAN_ATTEMPTS_MAX = 40;

export type NamedCase = { readonly number: number; readonly name: string };
export type Conformance = {
  readonly cases: number;
  readonly passed: number;
  readonly skipped: readonly (NamedCase & { readonly because: string })[];
  readonly failures: readonly (NamedCase & { readonly reason: string })[];
};

/**
 * Every case against one venue, one after the other, each with an adapter of its own and a venue
 * that is whole and flat. @param only numbers; without it all
 */
export async function runConformance(
  venue: VenueHarness,
  options: { readonly only?: readonly number[]; onCase?(line: string): void } = {},
): Promise<Conformance> {
  const said: string[] = [];
  const { capabilities } = venue.openBroker(() => undefined);
  const skipped: Conformance['skipped'][number][] = [];
  const failures: Conformance['failures'][number][] = [];
  let passed = 0;
  for (const one of CASES) {
    const named = { number: one.number, name: one.name };
    if (options.only !== undefined && !options.only.includes(named.number)) continue;
    const because = one.excuse?.({ capabilities, facts: venue.facts }) ?? null;
    if (because !== null) {
      skipped.push({ ...named, because });
      continue;
    }
    const from = performance.now();
    const reason = await runCleaned(one, venue, said);
    if (reason === null) passed += 1;
    else failures.push({ ...named, reason });
    const ms = Math.round(performance.now() - from);
    options.onCase?.(
      `${venue.venue} ${named.number} ${reason ?? 'passed'} (${ms} ms): ${one.name}`,
    );
  }
  return { cases: passed + skipped.length + failures.length, passed, skipped, failures };
}

async function runCleaned(
  one: ConformanceCase,
  venue: VenueHarness,
  said: string[],
): Promise<string | null> {
  const reason = await runCase(one, venue, said);
  const unclean = await clean(venue, said);
  return reason ?? unclean;
}

/** @returns why it fails, or null */
async function runCase(
  one: ConformanceCase,
  venue: VenueHarness,
  said: string[],
): Promise<string | null> {
  const faults = watchFaults(venue);
  const attempt = await openAttempt(faults.venue, said);
  const late = new AbortController();
  try {
    if (one.connected !== false) await connect(attempt);
    const tooLate = delay(CASE_MAX_MS, `not done within ${CASE_MAX_MS} ms`, {
      signal: late.signal,
    });
    return await Promise.race([one.run(attempt).then(faults.unmet), tooLate]);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    late.abort();
    attempt.closeStream();
  }
}

/** The same venue; `unmet` says which of the faults ordered there never struck, or null. */
function watchFaults(venue: VenueHarness) {
  const before = new Map<string, number>();
  const unmet = async (): Promise<string | null> => {
    for (const [fault, count] of before) {
      if ((await venue.struck(fault)) === count) return `${fault} never struck: nothing was shown`;
    }
    return null;
  };
  const watched: VenueHarness = {
    ...venue,
    async fault(order) {
      if (!before.has(order.fault)) before.set(order.fault, await venue.struck(order.fault));
      await venue.fault(order);
    },
  };
  return { venue: watched, unmet };
}

async function connect(attempt: Attempt): Promise<void> {
  attempt.openStream();
  await until('the stream is live', () => attempt.heard.lives > 0, LIVE_WITHIN_MS);
}

/** As the next case wants the venue. @returns why it cannot be had, or null */
async function clean(venue: VenueHarness, said: string[]): Promise<string | null> {
  try {
    await makeFlat(venue, said);
    return null;
  } catch (error) {
    return `afterwards: ${String(error)}`;
  }
}

/** No fault, no open order, no position. */
async function makeFlat(venue: VenueHarness, said: string[]): Promise<void> {
  await venue.clearFaults();
  venue.oddWords(false);
  await venue.reachable(true);
  const attempt = await openAttempt(venue, said);
  try {
    await connect(attempt);
    for (let count = 0; count < CLEAN_ATTEMPTS_MAX; count += 1) {
      const { orders, position } = await venue.state();
      const open = orders.filter(({ isOpen }) => isOpen);
      if (open.length === 0 && position === 0n) return;
      await Promise.allSettled(open.map((order) => cancel(attempt, order.clientOrderId)));
      if (open.length === 0) await flatten(attempt, position);
    }
    throw new Error(`${venue.venue} could not be made flat`);
  } finally {
    attempt.closeStream();
  }
}

async function cancel({ broker, venue, order }: Attempt, clientOrderId: string): Promise<void> {
  await broker.cancel({ ...referenceOf(order()), clientOrderId });
  await until(`${clientOrderId} has ended`, async () => {
    const { orders } = await venue.state();
    return !orders.some((one) => one.isOpen && one.clientOrderId === clientOrderId);
  });
}

async function flatten({ broker, exit, venue }: Attempt, position: bigint): Promise<void> {
  const size = position < 0n ? -position : position;
  const close = exit({ side: position < 0n ? 'buy' : 'sell' });
  await broker.submit({ ...close, quantity: size as Quantity });
  await until('flat', async () => (await venue.state()).position === 0n, SOON_MS).catch(
    () => undefined,
  );
}
