import type { OrderSummary } from './working-orders.ts';

/** What an order asked for, in words: `sell 0.1 stop at 49500`. */
export function orderWords(
  order: Pick<OrderSummary, 'side' | 'quantity' | 'type' | 'price' | 'triggerPrice'>,
): string {
  const { side, quantity, type, price, triggerPrice } = order;
  // A stop has its trigger as `price`; a stop-limit order has both.
  const [trigger, limit] = type === 'stop' ? [price, null] : [triggerPrice, price];
  const terms = [
    ...(trigger === null ? [] : [`stop at ${trigger}`]),
    ...(limit === null ? [] : [`limit ${limit}`]),
  ];
  const atMarket = type === 'market' ? 'at market' : type;
  return `${side} ${quantity} ${terms.length === 0 ? atMarket : terms.join(', ')}`;
}
