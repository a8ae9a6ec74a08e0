import {
  type ChangeRefusal,
  type Command,
  type CommandOf,
  formatPrice,
  formatQuantity,
  isOnLot,
  isOnTick,
  multiplyScaled,
  type Price,
  type Quantity,
  type Quote,
  QUOTE_STALE_AFTER_MS,
  roundToLot,
} from '@ballast/domain';
import {
  breakEvenLevel,
  ENDED,
  expectedEntry,
  isAsGood,
  isLive,
  isTakeable,
  nearestScaleOuts,
  openQuantity,
  ordersOf,
  restTooSmall,
  scaleOutRoom,
  type Trade,
  type TradeInput,
} from '@ballast/order-core';
import { exitPrice } from '../exit-price.ts';

export type ChangeCommand = Extract<
  Command,
  { type: 'closeTrade' | 'moveStop' | 'scaleOut' | 'cancelEntry' }
>;
type Refusal = ChangeRefusal | 'NOT_PERMITTED';
type Refused = { readonly refused: Refusal; readonly detail: string };
export type Judged = { readonly input: TradeInput } | Refused;

/**
 * What a command does to its trade, or why it does nothing. A trade that closes already takes a
 * second close and nothing else.
 * @param at epoch ms of the transaction that decides
 */
export function judgeChange(
  command: ChangeCommand,
  trade: Trade | null,
  quote: Quote | null,
  at: number,
): Judged {
  const { tradeId } = command.body;
  if (trade === null) return refuse('TRADE_UNKNOWN', `no trade ${tradeId}`);
  if (!mayChange(command, trade)) {
    return refuse('NOT_PERMITTED', `${command.actor} has not opened trade ${tradeId}`);
  }
  if (ENDED.has(trade.status)) return refuse('TRADE_ENDED', `trade is ${trade.status}`);
  const reason = `${command.actor}: ${command.body.reason}`;
  if (command.type === 'closeTrade') return { input: { type: 'closeRequested', at, reason } };
  if (trade.closing !== null) return refuse('TRADE_CLOSING', trade.closing.reason);
  switch (command.type) {
    case 'moveStop':
      return judgeStop(trade, command.body.level, freshQuote(quote, at), { at, reason });
    case 'scaleOut':
      return judgeScaleOut(trade, command, { at, reason });
    case 'cancelEntry':
      return judgeCancel(trade, { at, reason });
    default:
      return command satisfies never;
  }
}

/** A strategy may change what it has opened itself, and nothing else. */
function mayChange({ producer, actor }: ChangeCommand, { plan: { origin } }: Trade): boolean {
  if (producer !== 'strategy-worker') return true;
  return origin.kind === 'signal' && origin.strategy === actor;
}

type Asked = { readonly at: number; readonly reason: string };

function judgeStop(
  trade: Trade,
  level: Price | 'breakEven',
  quote: Quote | null,
  asked: Asked,
): Judged {
  const price = level === 'breakEven' ? breakEvenLevel(trade) : level;
  if (price === null) return refuse('NOTHING_OPEN', 'no entry price to move the stop to');
  const { plan, instrument } = trade;
  const wanted = formatPrice(price);
  if (!isOnTick(price, instrument)) return refuse('STOP_OFF_TICK', wanted);
  if (!isAsGood(trade, price, plan.stop)) {
    return refuse('STOP_LOOSENED', `${wanted} is beyond the plan's stop ${formatPrice(plan.stop)}`);
  }
  const market = referenceOf(trade, quote);
  if (market === null) return refuse('STOP_BEYOND_MARKET', 'no fresh quote to judge it by');
  if (isAsGood(trade, price, market)) {
    return refuse('STOP_BEYOND_MARKET', `${wanted}, the market is at ${formatPrice(market)}`);
  }
  return { input: { type: 'stopMoveRequested', ...asked, level: price } };
}

/** What a stop must not reach; the expected entry while nothing is open. Null: not known. */
function referenceOf(trade: Trade, quote: Quote | null): Price | null {
  if (openQuantity(trade) === 0n) return expectedEntry(trade.plan, { quote });
  return quote === null ? null : exitPrice(trade, quote);
}

function judgeScaleOut(trade: Trade, command: CommandOf<'scaleOut'>, asked: Asked): Judged {
  const { instrument } = trade;
  const room = scaleOutRoom(trade);
  const { held } = room;
  if (held === 0n) return refuse('NOTHING_OPEN', 'nothing is open that does not leave already');
  const { body } = command;
  const quantity =
    'quantity' in body
      ? body.quantity
      : roundToLot(multiplyScaled(held, body.fraction, 'floor') as Quantity, instrument, 'floor');
  const wanted = formatQuantity(quantity);
  if (!isOnLot(quantity, instrument)) return refuse('QUANTITY_OFF_LOT', wanted);
  if (quantity > held) {
    return refuse('QUANTITY_ABOVE_OPEN', `${wanted} of ${formatQuantity(held)}`);
  }
  const below = `below the least order of ${formatQuantity(room.least)}`;
  if (!isTakeable(room, quantity)) return refuse('QUANTITY_OFF_LOT', `${wanted} is ${below}`);
  const left = restTooSmall(room, quantity);
  if (left !== null) {
    const instead = nearestScaleOuts(room, quantity).map(formatQuantity).join(' or ');
    const rest = `${formatQuantity(left)} would be left of a part, ${below}`;
    return refuse('REST_TOO_SMALL', `${rest}: close ${instead} instead`);
  }
  return { input: { type: 'scaleOutRequested', ...asked, quantity } };
}

function judgeCancel(trade: Trade, asked: Asked): Judged {
  if (trade.entryStopped !== null) {
    return refuse('NO_ENTRY_WORKING', `stopped already: ${trade.entryStopped.reason}`);
  }
  if (!ordersOf(trade, 'entry').some(isLive)) {
    return refuse('NO_ENTRY_WORKING', 'the entry has ended');
  }
  return { input: { type: 'entryStopRequested', ...asked } };
}

function freshQuote(quote: Quote | null, at: number): Quote | null {
  return quote !== null && at - quote.receivedTime <= QUOTE_STALE_AFTER_MS ? quote : null;
}

function refuse(refused: Refusal, detail: string): Refused {
  return { refused, detail };
}
