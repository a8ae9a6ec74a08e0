import { DRIFT } from '@ballast/db';
import { formatQuantity, type InstrumentId, type Quantity } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { type Drift, positionDrift } from '@ballast/order-core';
import type { Clock } from '../clock.ts';
import { liveTrades, type OpenIncident } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import type { BrokerCalls } from './audited-broker.ts';
import type { Equality } from './equality.ts';
import type { VenueEvidence } from './evidence.ts';
import { dismissNeverFilled } from './never-filled.ts';

/** A fill between two listings looks like drift; a real one is still there this much later. */
const CONFIRM_AFTER_MS = 400;

/** A venue that is slow to answer must not put the freeze off: then it is recorded without. */
const EVIDENCE_WITHIN_MS = 1_000;

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

export type DriftTools = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly compared?: (equal: boolean) => void;
  readonly equality?: Pick<Equality, 'compared'>;
  /** What is kept beside the two quantities. */
  readonly evidence?: VenueEvidence;
};

/**
 * Ledger and venue differ → that instrument is frozen by an open incident that holds the evidence;
 * the rest trades on. Equality found by a later sweep is the proof that thaws it.
 */
export function createDriftCheck(
  journal: Journal,
  broker: Pick<BrokerCalls, 'positions'>,
  tools: DriftTools,
): DriftCheck {
  const compare = async (): Promise<Drift[]> => {
    const ledger = ledgerOf(journal);
    const drifts = positionDrift(ledger, await broker.positions());
    tools.equality?.compared(ledger, drifts);
    return drifts;
  };

  return async (readExecutions) => {
    let drifts = await compare();
    let unequal = drifts;
    if (drifts.length > 0) {
      await tools.clock.sleep(CONFIRM_AFTER_MS);
      await readExecutions();
      unequal = await compare();
      drifts = drifts.filter((drift) => unequal.some((other) => same(drift, other)));
    }
    await Promise.all(drifts.map((drift) => freeze(journal, drift, tools)));
    // A drift whose numbers have moved is none to freeze by, and no equality to thaw by.
    await thaw(journal, unequal, tools);
    const differing = new Set(unequal.map(({ instrument }) => instrument));
    await dismissNeverFilled(journal, differing, tools.clock.now());
    tools.compared?.(unequal.length === 0);
  };
}

async function freeze(journal: Journal, drift: Drift, tools: DriftTools): Promise<void> {
  const { instrument } = drift;
  const ledger = formatQuantity(drift.ledger);
  const venue = formatQuantity(drift.venue);
  const detail = `ledger ${ledger}, venue ${venue}`;
  const open = driftIncidents(journal).find((incident) => incident.instrument === instrument);
  // What the operator has thawed is these very numbers.
  if (open !== undefined && (open.thawedBy === undefined || open.detail === detail)) return;
  tools.log.error({ instrument, ledger, venue }, 'position drift: instrument frozen');
  const trades = [...journal.book.trades.values()].filter((t) => t.plan.instrument === instrument);
  const more = await Promise.race([
    tools.evidence?.(instrument),
    tools.clock.sleep(EVIDENCE_WITHIN_MS).then(() => ({ venueAnswers: 'not in time' })),
  ]);
  const evidence = { ledger: drift.ledger, venue: drift.venue, trades, ...more };
  const incident = {
    kind: DRIFT,
    instrument,
    tradeId: null,
    detail,
    evidence,
    at: tools.clock.now(),
  };
  const opened = journal.write({ type: 'openIncident', incident });
  if (open !== undefined) {
    const resolution = `the numbers changed: ${detail}`;
    await journal.write({ type: 'resolveIncident', id: open.id, resolution, at: incident.at });
  }
  await opened;
}

async function thaw(journal: Journal, drifts: readonly Drift[], tools: DriftTools): Promise<void> {
  const drifting = new Set(drifts.map((drift) => drift.instrument));
  const ledger = ledgerOf(journal);
  for (const incident of journal.book.incidents.values()) {
    const { id, kind, instrument } = incident;
    if (instrument === null) continue;
    const flat = (ledger.get(instrument) ?? 0n) === 0n;
    const overWhenFlat = OVER_WHEN_FLAT.has(kind) || isUnasked(journal, incident);
    const over = kind === DRIFT || (overWhenFlat && flat);
    if (!over || drifting.has(instrument)) continue;
    tools.log.info({ instrument, kind }, 'ledger equals venue: incident resolved');
    const resolution = flat ? 'ledger and venue are flat' : 'ledger equals venue';
    await journal.write({ type: 'resolveIncident', id, resolution, at: tools.clock.now() });
  }
}

/** A strange word for an order of an ended trade: it is not asked for again, so no other comes. */
function isUnasked(journal: Journal, { kind, tradeId }: OpenIncident): boolean {
  if (kind !== 'STATE_UNRECOGNISED' || tradeId === null) return false;
  return liveTrades(journal.book).every(({ id }) => id !== tradeId);
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
