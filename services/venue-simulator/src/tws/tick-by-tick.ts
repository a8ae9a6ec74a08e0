import { formatScaled } from '@ballast/domain';
import type { Malformation } from '@ballast/sim-core';
import { lotsText, priceText } from '../bybit/market-wire.ts';
import type { Market, PublicPrint } from '../market.ts';
import type { FeedMessage } from '../trade-feed.ts';
import { seconds } from './account-view.ts';
import type { Frame } from './frame.ts';
import { type ListingRequest, requestIdOf } from './listing-requests.ts';
import { PUSH } from './message-ids.ts';
import { invalidRequest, TwsRefusal } from './refusal.ts';
import { TICK_TYPES, type TickLine } from './session.ts';
import type { Tws } from './tws.ts';

/** Streams of one connection at once. */
const TICK_LINES_MAX = 5;
const TYPE_NUMBER: Readonly<Record<TickLine['type'], number>> = { Last: 1, AllLast: 2, BidAsk: 3 };
const EXCHANGE = 'NASDAQ';

/** Each trade, or each quote, as a message of its own. @throws TwsRefusal */
export function tickByTick({ tws, session, fields }: ListingRequest): Frame[] {
  const line = Number(requestIdOf(fields[1]));
  const [conId = '', symbol = '', secType = ''] = fields.slice(2);
  const contract = tws.contracts.find({ conId, symbol, secType, currency: fields[11] ?? '' });
  const type = TICK_TYPES.find((known) => known === fields[14]);
  if (type === undefined) throw invalidRequest(`Incorrect type of tick-by-tick: ${fields[14]}`);
  if (session.tickLines.has(line)) throw new TwsRefusal(322, 'Duplicate ticker id');
  if (session.tickLines.size >= TICK_LINES_MAX) {
    throw new TwsRefusal(10_190, 'Max number of tick-by-tick requests has been reached');
  }
  session.tickLines.set(line, { contract, type });
  return [];
}

/** @throws TwsRefusal 300 */
export function cancelTickByTick({ session, fields }: ListingRequest): Frame[] {
  const line = Number(requestIdOf(fields[1]));
  if (!session.tickLines.delete(line)) {
    throw new TwsRefusal(300, `Can't find EId with tickerId:${line}`);
  }
  return [];
}

export function tellTrades(tws: Tws, message: FeedMessage): void {
  if (message.kind !== 'trades') return;
  const { market, trades, malformed } = message;
  send(tws, market, (line, type) =>
    type === 'BidAsk'
      ? []
      : trades.map((trade) => malform(tradeFrame(line, type, market, trade), malformed)),
  );
}

export function tellQuote(tws: Tws, market: Market): void {
  const { bid, ask, depth } = market.print;
  send(tws, market, (line, type) => {
    if (type !== 'BidAsk') return [];
    const size = formatScaled(depth);
    const prices = [formatScaled(bid), formatScaled(ask), size, size, 0];
    return [[PUSH.tickByTick, line, TYPE_NUMBER.BidAsk, now(tws), ...prices]];
  });
}

function send(
  tws: Tws,
  market: Market,
  frames: (line: number, type: TickLine['type']) => Frame[],
): void {
  for (const session of tws.sessions) {
    for (const [line, { contract, type }] of session.tickLines) {
      if (contract.market === market) session.send(frames(line, type), 'market');
    }
  }
}

/** The time has whole seconds only, as the wire has. */
function tradeFrame(
  line: number,
  type: TickLine['type'],
  market: Market,
  trade: PublicPrint,
): Frame {
  const price = priceText(market, trade.priceTicks);
  const size = lotsText(market, trade.sizeLots);
  const head = [PUSH.tickByTick, line, TYPE_NUMBER[type], seconds(trade.at)];
  return [...head, price, size, 0, EXCHANGE, ''];
}

const now = (tws: Tws): number | string => seconds(tws.options.now());

function malform(frame: Frame, how: Malformation | null): Frame {
  if (how === null) return frame;
  if (how === 'truncated') return frame.slice(0, 5);
  if (how === 'garbage') return ['\u0001\u0002garbage'];
  return frame.map((field, index) => (index === 4 ? 'price' : field));
}
