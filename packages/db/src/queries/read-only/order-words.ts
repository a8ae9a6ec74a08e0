import type { OrderSummary } from './working-orders.ts';

/** What an order asked for, in words: `sell 0.1 stop at 49500`. */
export function orderWords(
  order: Pick<OrderSummary, 'side' | 'quantity' | 'type' | 'price' | 'triggerPrice'>,
): string {
  const { side, quantity, type, price, triggerPrice } = order;
  const terms = [
    ...(triggerPrice === null ? [] : [`stop at ${triggerPrice}`]),
    ...(price === null ? [] : [`limit ${price}`]),
  ];
  const atMarket = type === 'market' ? 'at market' : type;
  return `${side} ${quantity} ${terms.length === 0 ? atMarket : terms.join(', ')}`;
}
