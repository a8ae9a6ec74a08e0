import { formatQuantity, type Fill, type InstrumentId, type TradeId } from '@ballast/domain';
import { bookUnattributed, openUnattributed, type Unattributed } from '@ballast/order-core';
import type { NewIncident } from './work.ts';

export const UNATTRIBUTED = 'UNATTRIBUTED';
const ONE = 10n ** 18n;

type Opened = Pick<Unattributed, 'account' | 'terms'> & { readonly newId: () => string };
export type Booked = {
  readonly before: Unattributed;
  readonly after: Unattributed;
  /** Under the revision that it is booked as. */
  readonly fill: Fill;
  readonly revised: boolean;
};

/** The records of what Ballast did not do, as one transaction leaves them. */
export class StagedUnattributed {
  /** Those that this transaction changes. */
  readonly records = new Map<TradeId, Unattributed>();
  private readonly base: ReadonlyMap<TradeId, Unattributed>;

  constructor(base: ReadonlyMap<TradeId, Unattributed>) {
    this.base = base;
  }

  get(id: TradeId): Unattributed | null {
    return this.records.get(id) ?? this.base.get(id) ?? null;
  }

  /** Records of an instrument that have not ended. */
  open(instrument: InstrumentId): Unattributed[] {
    return this.allOpen().filter((record) => record.instrument === instrument);
  }

  /** Records of the whole account that have not ended. */
  allOpen(): Unattributed[] {
    return [...new Map([...this.base, ...this.records]).values()].filter(
      ({ status }) => status !== 'settled',
    );
  }

  /**
   * Books a fill in the record that has it, else in the open one of its instrument, else in a new
   * one. Null when the fill is no news.
   */
  book(fill: Fill, owner: TradeId | undefined, at: number, opened: Opened): Booked | null {
    const { instrument } = fill;
    const { account, terms, newId } = opened;
    const known = owner === undefined ? this.open(instrument)[0] : this.get(owner);
    const before =
      known ?? openUnattributed({ id: newId() as TradeId, account, instrument, terms, at });
    const booked = bookUnattributed(before, fill, at);
    if (booked === null) return null;
    this.records.set(before.id, booked.record);
    return { before, after: booked.record, fill: booked.fill, revised: booked.revised };
  }
}

/** The terms of an instrument that nobody has described: as its fill has them. */
export function termsOf(fill: Fill): Unattributed['terms'] {
  return { multiplier: ONE, baseCurrency: '', quoteCurrency: fill.fee.currency };
}

/** What the operator has to explain. */
export function unattributedIncident({ after, fill }: Booked, at: number): NewIncident {
  const { id: tradeId, instrument, position } = after;
  const what = `${fill.side} ${formatQuantity(fill.quantity)}`;
  const left = `${formatQuantity(position.quantity)} not explained`;
  const detail = `${what} without an order of Ballast (execution ${fill.executionId}): ${left}`;
  const evidence = { fill, record: after };
  return { kind: UNATTRIBUTED, instrument, tradeId, detail, evidence, at };
}
