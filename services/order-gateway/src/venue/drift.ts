import { DRIFT } from '@ballast/db';
import { formatQuantity, type InstrumentId, type Quantity } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { type Drift, positionDrift } from '@ballast/order-core';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { BrokerCalls } from './audited-broker.ts';

/** A fill between two listings looks like drift; a real one is still there this much later. */
const CONFIRM_AFTER_MS = 400;

/** Incidents about a quantity that should not be: over once both sides agree that there is none. */
const OVER_WHEN_FLAT = new Set([
  'FOREIGN_FILL',
  'FILL_MISMATCH',
  'FILL_WITHOUT_ORDER',
  'OVERFILLED',
  'OVERSHOT',
]);

/**
 * Compares ledger and venue; `readExecutions` brings the ledger up to date before a second look.
 */
export type DriftCheck = (readExecutions: () => Promise<void>) => Promise<void>;

/**
 * Ledger and venue differ → that instrument is frozen by an open incident that holds the evidence;
 * the rest trades on. Equality found by a later sweep is the proof that thaws it.
 */
export function createDriftCheck(
  journal: Journal,
  broker: Pick<BrokerCalls, 'positions'>,
  tools: { clock: Clock; log: Logger },
): DriftCheck {
  const compare = async (): Promise<Drift[]> =>
    positionDrift(ledgerOf(journal), await broker.positions());

  return async (readExecutions) => {
    let drifts = await compare();
    let unequal = drifts;
    if (drifts.length > 0) {
      await tools.clock.sleep(CONFIRM_AFTER_MS);
      await readExecutions();
      unequal = await compare();
      drifts = drifts.filter((drift) => unequal.some((other) => same(drift, other)));
    }
    for (const drift of drifts) await freeze(journal, drift, tools);
    // A drift whose numbers have moved is none to freeze by, and no equality to thaw by.
    await thaw(journal, unequal, tools);
  };
}

async function freeze(
  journal: Journal,
  drift: Drift,
  tools: { clock: Clock; log: Logger },
): Promise<void> {
  const { instrument } = drift;
  if (driftIncidents(journal).some((incident) => incident.instrument === instrument)) return;
  const ledger = formatQuantity(drift.ledger);
  const venue = formatQuantity(drift.venue);
  const detail = `ledger ${ledger}, venue ${venue}`;
  tools.log.error({ instrument, ledger, venue }, 'position drift: instrument frozen');
  const trades = [...journal.book.trades.values()].filter((t) => t.plan.instrument === instrument);
  const evidence = { ledger: drift.ledger, venue: drift.venue, trades };
  const incident = {
    kind: DRIFT,
    instrument,
    tradeId: null,
    detail,
    evidence,
    at: tools.clock.now(),
  };
  await journal.write({ type: 'openIncident', incident });
}

async function thaw(
  journal: Journal,
  drifts: readonly Drift[],
  tools: { clock: Clock; log: Logger },
): Promise<void> {
  const drifting = new Set(drifts.map((drift) => drift.instrument));
  const ledger = ledgerOf(journal);
  for (const { id, kind, instrument } of journal.book.incidents.values()) {
    const flat = (ledger.get(instrument) ?? 0n) === 0n;
    const over = kind === DRIFT || (OVER_WHEN_FLAT.has(kind) && flat);
    if (!over || drifting.has(instrument)) continue;
    tools.log.info({ instrument, kind }, 'ledger equals venue: incident resolved');
    const resolution = flat ? 'ledger and venue are flat' : 'ledger equals venue';
    await journal.write({ type: 'resolveIncident', id, resolution, at: tools.clock.now() });
  }
}

function driftIncidents(journal: Journal) {
  return [...journal.book.incidents.values()].filter((incident) => incident.kind === DRIFT);
}

function ledgerOf(journal: Journal): Map<InstrumentId, Quantity> {
  return new Map(
    [...journal.book.positions].map(([instrument, position]) => [instrument, position.quantity]),
  );
}

function same(a: Drift, b: Drift): boolean {
  return a.instrument === b.instrument && a.ledger === b.ledger && a.venue === b.venue;
}
