import type { DataSource, InstrumentId, MarketEvent } from '@ballast/domain';
import type { FeedEvent } from '@ballast/feeds';

type GapNotice = Extract<FeedEvent, { kind: 'gap' }>;

/**
 * What of these events is missed by who reads the streams, as gaps of its instruments: trades, and
 * bars. Of quotes the newest is always told.
 * @param receivedTime of the notices, epoch ms
 */
export function lostToReaders(
  events: readonly MarketEvent[],
  receivedTime: number,
): ReadonlyMap<DataSource, GapNotice[]> {
  const gaps = new Map<string, GapNotice & { from: number; to: number }>();
  for (const event of events) {
    if (event.kind === 'quote') continue;
    const { instrument, source } = event.kind === 'trade' ? event.trade : event.bar;
    const at = event.kind === 'trade' ? event.trade.eventTime : event.bar.openTime;
    const channel = event.kind === 'trade' ? 'trades' : 'bars';
    const key = gapKey(instrument, source, channel);
    const { from, to } = gaps.get(key) ?? { from: at, to: at };
    const stretch = { from: Math.min(from, at), to: Math.max(to, at) };
    gaps.set(key, { kind: 'gap', instrument, source, channel, ...stretch, receivedTime });
  }
  return Map.groupBy(gaps.values(), ({ source }) => source);
}

const gapKey = (instrument: InstrumentId, source: DataSource, channel: string): string =>
  `${instrument} ${source} ${channel}`;
