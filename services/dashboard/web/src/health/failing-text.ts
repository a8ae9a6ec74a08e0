import type { AccountView } from '@ballast/dashboard-server/api';
import { HEARTBEAT_LATE_MS } from '@ballast/domain';
import { utcDayTime } from '../format/time.ts';

type Beat = Pick<AccountView['heartbeats'][number], 'service' | 'at' | 'failing'>;

/** What a service that is still heard says it cannot do; the last word of a silent one is old. */
function failingNow(beat: Beat | undefined, now: number): Beat['failing'] {
  return beat === undefined || now - beat.at > HEARTBEAT_LATE_MS ? undefined : beat.failing;
}

/** In few words; null when it can do all. `now` by the server's clock. */
export function failingWord(beat: Beat | undefined, now: number): string | null {
  const failing = failingNow(beat, now);
  return failing === undefined ? null : `✕ cannot ${failing.cannot}`;
}

/** What it cannot do, since when, and what to do. */
export function failingText(beat: Beat | undefined, now: number): string | null {
  const failing = failingNow(beat, now);
  if (beat === undefined || failing === undefined) return null;
  const { cannot, since, advice, code } = failing;
  return `${beat.service} cannot ${cannot} since ${utcDayTime(since)} UTC (${code}). ${advice}`;
}
