import type { VenueBalance } from '@ballast/domain';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../store/store.ts';
import type { BrokerCalls } from '../venue/audited-broker.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type AccountWatch = {
  /** Asks the venue for the balance and stores a snapshot at start, each hour and each UTC day. */
  refresh(): Promise<void>;
  balance(): VenueBalance | null;
  /** When the venue was asked for it: what came after may not be in it. Epoch ms. */
  balanceAt(): number;
  dayBase(): bigint | null;
};

/** The account's equity as the venue states it, and the base of the day's P&L. */
export function createAccountWatch(
  store: Pick<Store, 'firstSnapshotSince'>,
  broker: Pick<BrokerCalls, 'balance'>,
  journal: Pick<Journal, 'write'>,
  now: () => number,
): AccountWatch {
  let balance: VenueBalance | null = null;
  let balanceAt = 0;
  let snapshotHour = -1;
  let base: { day: number; equity: bigint } | null = null;

  let running: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const askedAt = now();
    balance = await broker.balance();
    balanceAt = askedAt;
    const hour = Math.floor(balanceAt / HOUR_MS);
    const day = Math.floor(balanceAt / DAY_MS);
    if (hour !== snapshotHour) {
      const { equity, available } = balance;
      await journal.write({ type: 'snapshot', at: balanceAt, equity, available });
      snapshotHour = hour;
    }
    if (base?.day === day) return;
    const first = await store.firstSnapshotSince(day * DAY_MS);
    base = { day, equity: first?.equity ?? balance.equity.amount };
  }

  return {
    refresh() {
      // One after another: an older answer never replaces a newer one, nor an hour gets two rows.
      const mine = running.then(look);
      running = mine.catch(() => undefined);
      return mine;
    },
    balance: () => balance,
    balanceAt: () => balanceAt,
    dayBase: () => base?.equity ?? null,
  };
}
