import { EventName } from '@stoqey/ib';
import type { Link } from './link.ts';
import type { AllLastTick, TickReader } from './ticks.ts';

export type TickListeners = {
  trade(id: number, tick: AllLastTick): void;
  /** Something of the best prices. */
  change(id: number, apply: (reader: TickReader) => void): void;
};

/** The SDK's types promise numbers where its decoder may have found none. */
type Told = unknown;

/** Listens to all ticks of a link, by the id of their request. */
export function listenToTicks({ api, safely }: Link, { trade, change }: TickListeners): void {
  const onTrade = (
    id: number,
    _type: number,
    time: Told,
    price: Told,
    size: Told,
    { unreported }: { readonly unreported?: boolean },
    exchange: Told,
    conditions: Told,
  ): void =>
    trade(id, { time, price, size, exchange, conditions, isUnreported: unreported === true });
  const onBidAsk = (
    id: number,
    time: Told,
    bid: Told,
    ask: Told,
    bidSize: Told,
    askSize: Told,
  ): void => change(id, (reader) => reader.bidAsk({ time, bid, ask, bidSize, askSize }));
  const onPrice = (id: number, field: number, value: Told): void =>
    change(id, (reader) => reader.tickPrice(field, value));
  const onSize = (id: number, field?: number, value?: Told): void =>
    change(id, (reader) => {
      if (field !== undefined) reader.tickSize(field, value);
    });
  api.on(EventName.tickByTickAllLast, safely('trade tick', onTrade));
  api.on(EventName.tickByTickBidAsk, safely('quote tick', onBidAsk));
  api.on(EventName.tickPrice, safely('tickPrice', onPrice));
  api.on(EventName.tickSize, safely('tickSize', onSize));
}
