import type { VenueEvent } from '@ballast/sim-core';
import { portfolioFrame, positionFrame, valueFrames } from './account-view.ts';
import { tellExecution } from './execution-updates.ts';
import { tellOrder } from './order-updates.ts';
import { releaseWaiting } from './submit.ts';
import { rememberAccount, type Tws } from './tws.ts';

/** What the account's events mean to the clients. Executions, then orders, then commissions. */
export function tellEvents(tws: Tws, events: readonly VenueEvent[]): void {
  const now = tws.options.now();
  const after: (() => void)[] = [];
  for (const event of events) {
    if (event.kind === 'execution') {
      const told = tellExecution(tws, event.execution, now);
      if (told !== null) after.push(told);
    }
    if (event.kind === 'order') tellOrder(tws, event.order, now);
  }
  for (const tell of after) tell();
  tellAccount(tws, events, now);
  releaseWaiting(tws.desk, now);
}

function tellAccount(tws: Tws, events: readonly VenueEvent[], now: number): void {
  const { account, contracts, venue } = tws;
  const moved = events.flatMap((event) => (event.kind === 'position' ? [event.position] : []));
  if (moved.length === 0) return;
  const view = rememberAccount(tws, now);
  for (const session of tws.sessions) {
    for (const position of moved) {
      if (session.wantsPositions) session.send(positionFrame(contracts, position, account));
      if (session.wantsAccount) session.send(portfolioFrame(venue, contracts, position, account));
    }
    if (session.wantsAccount) session.send(valueFrames(view, account));
  }
}
