import {
  type Bar,
  type DataSource,
  formatScaled,
  type InstrumentId,
  parseScaled,
  type PublicTrade,
} from '@ballast/domain';

/** What a minute's trades have made so far; prices as they were told, sums at scale 18. */
export type Building = {
  source: DataSource;
  open: string;
  openedAt: number;
  close: string;
  closedAt: number;
  high: string;
  highScaled: bigint;
  low: string;
  lowScaled: bigint;
  volume: bigint;
  count: number;
};

/** Open and close go by the time of the trades, not by their arrival. */
export function withTrade(building: Building | null, trade: PublicTrade): Building {
  const { price, eventTime } = trade;
  const scaled = parseScaled(price);
  const volume = parseScaled(trade.quantity);
  if (building === null) {
    return {
      source: trade.source,
      open: price,
      openedAt: eventTime,
      close: price,
      closedAt: eventTime,
      high: price,
      highScaled: scaled,
      low: price,
      lowScaled: scaled,
      volume,
      count: 1,
    };
  }
  if (eventTime < building.openedAt) {
    building.open = price;
    building.openedAt = eventTime;
  }
  if (eventTime >= building.closedAt) {
    building.close = price;
    building.closedAt = eventTime;
  }
  if (scaled > building.highScaled) {
    building.high = price;
    building.highScaled = scaled;
  }
  if (scaled < building.lowScaled) {
    building.low = price;
    building.lowScaled = scaled;
  }
  building.volume += volume;
  building.count += 1;
  return building;
}

export function toBar(instrument: InstrumentId, openTime: number, from: Building): Bar {
  return {
    instrument,
    timeframe: '1m',
    openTime,
    open: from.open,
    high: from.high,
    low: from.low,
    close: from.close,
    volume: formatScaled(from.volume),
    tradeCount: from.count,
    state: 'closed',
    source: from.source,
    builtFrom: 'trades',
    missing: 0,
  };
}

/** Opened at `price`, which counts for its range too. */
export function openedAt(bar: Bar, price: string): Bar {
  const scaled = parseScaled(price);
  const high = scaled > parseScaled(bar.high) ? price : bar.high;
  const low = scaled < parseScaled(bar.low) ? price : bar.low;
  return { ...bar, open: price, high, low };
}

/** From a list of trades in the order of their arrival; null for an empty one. */
export function buildingOf(trades: readonly PublicTrade[]): Building | null {
  return trades.reduce<Building | null>(withTrade, null);
}
