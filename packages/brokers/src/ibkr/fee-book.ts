import { type Fill, type Money, zeroMoney } from '@ballast/domain';
import { type Execution, splitExecutionId } from './wire.ts';

/** A day of them is all the venue tells; the oldest are forgotten first. */
const EXECUTIONS_REMEMBERED = 20_000;

/** What is known of the fee of one state of an execution; each is a revision of its own. */
const FEE_UNKNOWN = 0;
/** Of an earlier state of the execution, until the venue tells this one's. */
const FEE_OF_EARLIER = 1;
const FEE_KNOWN = 2;
const REVISIONS_PER_CORRECTION = 3;

type Entry = {
  readonly fees: Map<number, Money>;
  newest: Execution | null;
  toldRevision: number;
};

export type FeeBook = {
  fill(execution: Execution): Fill;
  /** It corrects an execution that was told here. */
  isCorrection(execution: Execution): boolean;
  /** The execution told anew with its fee, or null when there is nothing new to tell. */
  commission(id: string, fee: Money): Fill | null;
};

/**
 * Executions and their commissions come apart, in any order, and either may be told again. A fill
 * is told at once with the fee known then. Its revision is a number of what it says (the venue's
 * correction, then what is known of the fee) and not of how often it was told, so that a stream, a
 * listing and another process all give the same state the same revision.
 */
export function createFeeBook(account: string): FeeBook {
  const entries = new Map<string, Entry>();

  const entryOf = (executionId: string): Entry => {
    const known = entries.get(executionId);
    if (known !== undefined) return known;
    const entry: Entry = { fees: new Map(), newest: null, toldRevision: -1 };
    entries.set(executionId, entry);
    if (entries.size > EXECUTIONS_REMEMBERED) {
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
    return entry;
  };

  const tell = (entry: Entry, execution: Execution): Fill => {
    const { executionId, clientOrderId, venueOrderId, correction, currency } = execution;
    const { instrument, side, price, quantity, liquidity, eventTime } = execution;
    const ids = { executionId, clientOrderId, venueOrderId };
    const traded = { instrument, side, price, quantity, liquidity, eventTime };
    const { state, fee } = feeOf(entry, correction);
    const revision = (correction - 1) * REVISIONS_PER_CORRECTION + state;
    entry.toldRevision = Math.max(entry.toldRevision, revision);
    const known = fee ?? zeroMoney(currency);
    return { venue: 'ibkr', account, ...ids, ...traded, revision, fee: known };
  };

  return {
    fill(execution) {
      const entry = entryOf(execution.executionId);
      if (execution.correction >= (entry.newest?.correction ?? 0)) entry.newest = execution;
      return tell(entry, execution);
    },
    isCorrection({ executionId, correction }) {
      const told = entries.get(executionId)?.newest ?? null;
      return told !== null && correction > 1;
    },
    commission(id, fee) {
      const { executionId, correction } = splitExecutionId(id);
      const entry = entryOf(executionId);
      entry.fees.set(correction, fee);
      if (entry.newest === null) return null;
      const before = entry.toldRevision;
      const fill = tell(entry, entry.newest);
      return fill.revision > before ? fill : null;
    },
  };
}

function feeOf(entry: Entry, correction: number): { state: number; fee: Money | null } {
  const own = entry.fees.get(correction);
  if (own !== undefined) return { state: FEE_KNOWN, fee: own };
  const earlier = [...entry.fees.keys()].filter((other) => other < correction);
  const last = entry.fees.get(Math.max(...earlier, 0));
  return last === undefined
    ? { state: FEE_UNKNOWN, fee: null }
    : { state: FEE_OF_EARLIER, fee: last };
}
