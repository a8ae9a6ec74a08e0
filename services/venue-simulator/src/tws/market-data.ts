import { formatScaled } from '@ballast/domain';
import type { Contract } from './contracts.ts';
import type { Frame } from './frame.ts';
import { type ListingRequest, requestIdOf } from './listing-requests.ts';
import { PUSH } from './message-ids.ts';
import { TwsRefusal } from './refusal.ts';
import type { Tws } from './tws.ts';

const LINES_MAX = 100;
const BID = { price: 1, size: 0 } as const;
const ASK = { price: 2, size: 3 } as const;
const LAST = { price: 4, size: 5 } as const;
const REAL_TIME = 1;

/** A line of quotes and last prices, or one picture of them. @throws TwsRefusal */
export function marketData({ tws, session, fields }: ListingRequest): Frame[] {
  const reqId = requestIdOf(fields[2]);
  const [conId = '', symbol = '', secType = ''] = fields.slice(3);
  const contract = tws.contracts.find({ conId, symbol, secType, currency: fields[12] ?? '' });
  const isSnapshot = fields[17] === '1';
  const line = Number(reqId);
  if (session.lines.has(line)) throw new TwsRefusal(322, 'Duplicate ticker id');
  if (session.lines.size >= LINES_MAX)
    throw new TwsRefusal(101, 'Max number of tickers has been reached');
  if (!isSnapshot) session.lines.set(line, { contract });
  return [
    [PUSH.tickRequestParameters, reqId, formatScaled(contract.instrument.tickSize), '9c0001', 3],
    [PUSH.marketDataType, 1, reqId, REAL_TIME],
    ...tickFrames(line, contract),
    ...(isSnapshot ? [[PUSH.tickSnapshotEnd, 1, reqId]] : []),
  ];
}

/** @throws TwsRefusal 300 */
export function cancelMarketData({ session, fields }: ListingRequest): Frame[] {
  const line = Number(requestIdOf(fields[2]));
  if (!session.lines.delete(line))
    throw new TwsRefusal(300, `Can't find EId with tickerId:${line}`);
  return [];
}

/** What a market shows now, to each line on it. */
export function tellMarket(tws: Tws, market: Contract['market']): void {
  for (const session of tws.sessions) {
    for (const [line, { contract }] of session.lines) {
      if (contract.market === market) session.send(tickFrames(line, contract), 'market');
    }
  }
}

function tickFrames(line: number, { market }: Contract): Frame[] {
  const { bid, ask, price, depth, size } = market.print;
  const tick = (kind: typeof BID | typeof ASK | typeof LAST, at: bigint, many: bigint): Frame[] => [
    [PUSH.tickPrice, 6, line, kind.price, formatScaled(at), formatScaled(many), 0],
    [PUSH.tickSize, 6, line, kind.size, formatScaled(many)],
  ];
  return [...tick(BID, bid, depth), ...tick(ASK, ask, depth), ...tick(LAST, price, size)];
}
