import type { RiskApproved, VenueCapabilities } from '@ballast/domain';
import type { Broker, BrokerStreamHandlers, OrderReference } from '../broker.ts';
import { KnownOrders } from './known-orders.ts';
import { cancelOrder, submitOrder } from './placement.ts';
import { type Asking, questions } from './questions.ts';
import { openRest } from './rest.ts';
import { Revisions } from './revisions.ts';
import { TRADED_MARKETS } from './symbols.ts';
import { openTradingStream } from './trading-stream.ts';

export type AlpacaOptions = {
  readonly account: string;
  readonly key: string;
  readonly secret: string;
  /** Without `/v2`; for example https://paper-api.alpaca.markets */
  readonly restUrl: string;
  /** For example wss://paper-api.alpaca.markets/stream */
  readonly streamUrl: string;
  /** May the account go short? */
  readonly shorting: boolean;
  /**
   * A row of a listing that could not be read. It is left out, so the operator has to be told: it
   * may belong to an order of ours. `detail` says which listing, symbol and fault.
   */
  onBadRow(code: string, detail: string, raw: string): void;
};

/**
 * Alpaca trading v2, stocks (other assets of the account are read): REST for requests,
 * `trade_updates` for pushes.
 */
export function alpacaBroker(options: AlpacaOptions): Broker {
  const { account, key, secret, streamUrl, onBadRow } = options;
  const rest = openRest({ key, secret, baseUrl: options.restUrl });
  const [known, revisions] = [new KnownOrders(), new Revisions()];
  const asking: Asking = { account, rest, known, revisions, onBadRow };
  return {
    venue: 'alpaca',
    account,
    capabilities: capabilitiesOf(options),
    async submit(order: RiskApproved) {
      return await submitOrder(asking, order);
    },
    async cancel(order: OrderReference) {
      await cancelOrder(asking, order);
    },
    ...questions(asking),
    openStream: (handlers: BrokerStreamHandlers) =>
      openTradingStream({ key, secret, url: streamUrl, account, known, revisions }, handlers),
  };
}

function capabilitiesOf({ shorting }: AlpacaOptions): VenueCapabilities {
  return {
    markets: TRADED_MARKETS,
    exits: 'reserved',
    shorting,
    postOnly: false,
    timesInForce: ['gtc', 'day', 'ioc', 'fok'],
    requestSettlesMs: 10_000,
    executionsKeptMs: 30 * 24 * 3_600_000,
  };
}
