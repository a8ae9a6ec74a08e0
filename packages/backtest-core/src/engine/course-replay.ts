import { parseScaled } from '@ballast/domain';
import type { Execution } from '@ballast/sim-core';
import type { Replayed } from './course-memory.ts';
import type { Course } from './course.ts';
import type { EndedTrade } from './ended-trade.ts';
import type { BacktestOptions } from './run.ts';
import { IDLE, type Track } from './track.ts';
import { TradeDesk } from './trade-desk.ts';
import { BacktestVenue } from './venue.ts';

/** More than any trade needs: a course is that of a trade that the account could pay. */
const CASH = parseScaled('10000000000000000');

/** The whole course again, by the order core and the matcher, alone on an account of its own. */
export function replayCourse(
  { track: of, opening, sent, leave, end }: Course,
  { costs, account, capabilities }: BacktestOptions,
): Replayed {
  const executions: Execution[] = [];
  const cash = new Map([[of.instrument.quoteCurrency, CASH]]);
  const onExecution = (execution: Execution): void => void executions.push(execution);
  const venue = new BacktestVenue([of], { cash, costs, account, onExecution });
  let ended: EndedTrade | null = null;
  const onEnded = (one: EndedTrade): void => {
    ended = one;
  };
  const desk = new TradeDesk(venue, { account, capabilities, onEnded, memory: null });
  const track: Track = { ...of, ...IDLE };
  desk.enter(track, opening);
  desk.open(track, sent.price, sent.at);
  if (leave !== null) desk.leave(track, leave.at, leave.reason);
  if (end !== null) {
    if (end.isLast) desk.finish(track, end.price, end.at);
    else desk.open(track, end.price, end.at);
  }
  return { executions, resting: [...venue.account.open.values()], ended };
}
