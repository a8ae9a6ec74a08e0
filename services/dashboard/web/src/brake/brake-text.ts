import type { BrakeView, VenueProgressView } from '@ballast/dashboard-server/api';
import { utcDayTime } from '../format/time.ts';
import type { Asking } from './ask-until-taken.ts';

/** What has to be typed before everything is thrown out: nobody does it by a slip. */
export const ENGAGE_WORD = 'FLATTEN';

/** What the kill switch has to say as long as nobody has taken it; null while there is nothing. */
export function askingText({ state, asks, fault }: Asking): string | null {
  switch (state) {
    case 'asking':
      if (fault === null) return null;
      return `NOT TAKEN YET: ${fault}. Asking again until it is taken (attempt ${asks}).`;
    case 'stopped':
      return 'Stopped asking. THE BRAKE IS NOT KNOWN TO BE ENGAGED.';
    case 'refused':
      // Final for this attempt: the answer to one before may have been lost.
      return fault === null ? null : `THE BRAKE IS NOT KNOWN TO BE ENGAGED: ${fault}`;
    case 'taken':
      return null;
    default:
      return state satisfies never;
  }
}

/** The state in a word; engaging until every venue has been seen flat. */
export function stateText(brake: Pick<BrakeView, 'engaged' | 'state'>): string {
  if (!brake.engaged) return 'Released';
  if (brake.state === 'engaging') return '■ FLATTENING';
  return brake.state === 'engaged' ? '■ ENGAGED, flat' : '■ ENGAGED';
}

/** The counts of every venue together: what is still to be done. */
export function leftText(venues: readonly VenueProgressView[]): string {
  const orders = venues.reduce((sum, venue) => sum + venue.ordersLeft, 0);
  const positions = venues.reduce((sum, venue) => sum + venue.positionsLeft.length, 0);
  return `orders left ${orders}, positions left ${positions}`;
}

/** What the operator may do next, and when. */
export function nextText(brake: BrakeView, now: number): string {
  if (!brake.engaged) return 'Entries are allowed by the brake.';
  if (brake.coolingUntil === null) return 'It can be released a cooling period after it is flat.';
  const until = utcDayTime(brake.coolingUntil);
  return now < brake.coolingUntil ? `Nothing lifts it before ${until} UTC.` : 'It may be released.';
}
