import { type DashboardClient, type TradeDetail, tradeDetail } from './dashboard-client.ts';
import { DemoError, until } from './demo-error.ts';
import type { WatchedBroker } from './watched-broker.ts';

const ANSWER_MS = 10_000;
/** The levels are a few seconds away by design; past this the market stands still. */
const EXIT_MS = 40_000;
const HOUR_MS = 3_600_000;

/** Waits for the trade's whole life: filled, protected at the venue, exited, nothing left there. */
export async function followTrade(
  client: DashboardClient,
  broker: WatchedBroker,
  tradeId: string,
  log: (line: string) => void,
): Promise<{ detail: TradeDetail; exit: string }> {
  const detail = (): Promise<TradeDetail | null> =>
    client.query('trades.detail', { tradeId }, tradeDetail);
  const withOrder = async (role: string, statuses: readonly string[]) => {
    const seen = await detail();
    if (seen?.trade.status === 'denied') {
      throw new DemoError('TRADE_DENIED', seen.trade.endReason ?? 'no reason given');
    }
    const order = seen?.orders.find((one) => one.role === role && statuses.includes(one.status));
    if (order === undefined && seen !== null && seen.trade.endedAt !== null) {
      // The venue refuses a stop that the price has passed, and the core closes at market then.
      const how = `ended by ${seen.trade.endReason ?? ''} before its ${role} was there`;
      throw new DemoError('ENDED_TOO_SOON', `${how}: the price was quicker; run the demo again`);
    }
    return order ?? null;
  };
  await until('ENTRY_NOT_FILLED', 'the entry fill', ANSWER_MS, () =>
    withOrder('entry', ['filled']),
  );
  log('entry filled');
  const stop = await until('STOP_NOT_WORKING', 'a working stop', ANSWER_MS, () =>
    withOrder('stop', ['working', 'filled', 'cancelled', 'cancelling']),
  );
  if (stop.venueOrderId === null) throw new DemoError('STOP_NOT_AT_VENUE', 'stop has no venue id');
  const asked = { clientOrderId: stop.clientOrderId, venueOrderId: stop.venueOrderId };
  const instrument = (await broker.executionsSince(Date.now() - HOUR_MS))[0]?.instrument;
  if (instrument === undefined) throw new DemoError('NO_EXECUTION', 'the venue has no execution');
  if ((await broker.findOrder({ ...asked, instrument })) === null) {
    throw new DemoError('STOP_NOT_AT_VENUE', 'the venue does not know the stop');
  }
  log('stop works at the venue');
  const ended = await until('NO_EXIT', 'target or stop', EXIT_MS, async () => {
    const seen = await detail();
    return seen !== null && seen.trade.endedAt !== null ? seen : null;
  });
  const exit = ended.trade.endReason ?? '';
  if (!reachedByMarket(exit)) throw new DemoError('WRONG_EXIT', `ended by ${exit}`);
  log(`exit by ${exit.toLowerCase()}`);
  return { detail: ended, exit };
}

/** A target that was filled in part leaves the rest to the stop: both are the market's doing. */
export function reachedByMarket(endReason: string): boolean {
  return endReason.split(' AND ').every((exit) => exit === 'TARGET' || exit === 'STOP');
}
