import { type InstrumentId, symbolOf } from '@ballast/domain';
import { RestClientV5 } from 'bybit-api';
import type { Trading } from './trading.ts';

type ByHand = {
  readonly instrument: InstrumentId;
  readonly side: 'Buy' | 'Sell';
  readonly quantity: string;
};

/**
 * At market, as anybody who has the account's key could, past Ballast; its id is no id of ours.
 * @throws Error when the venue refuses
 */
export async function placeByHand(
  { venue, platform }: Trading,
  { instrument, side, quantity }: ByHand,
): Promise<void> {
  const client = new RestClientV5({
    key: platform.secret('simulator-api-key'),
    secret: platform.secret('simulator-api-secret'),
    baseUrl: venue.url,
  });
  const answer = await client.submitOrder({
    category: 'linear',
    symbol: symbolOf(instrument),
    side,
    orderType: 'Market',
    qty: quantity,
    orderLinkId: `by-hand-${side}-${Date.now()}`,
  });
  if (answer.retCode !== 0) throw new Error(`the venue refused: ${answer.retMsg}`);
}
