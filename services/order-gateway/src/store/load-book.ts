import {
  auditHead,
  type Database,
  loadOpenIncidents,
  loadOpenTradeStates,
  loadPositions,
} from '@ballast/db';
import type { InstrumentId, Quantity, TradeId } from '@ballast/domain';
import { type Position, tradeFromJson } from '@ballast/order-core';
import type { Book } from '../journal/book.ts';

/**
 * The book as the last commit left it. Called once,
 * after the fence is taken and nobody else can write.
 */
export async function loadBook(db: Database, account: string): Promise<Book> {
  const [states, positions, incidents, head] = await Promise.all([
    loadOpenTradeStates(db, account),
    loadPositions(db, account),
    loadOpenIncidents(db, account),
    auditHead(db, account),
  ]);
  const trades = states.map(tradeFromJson);
  return {
    trades: new Map(trades.map((trade) => [trade.id, trade])),
    positions: new Map(
      positions.map((row): [InstrumentId, Position] => {
        const { quantity, cost, currency, realisedCum, feesCum } = row;
        const position = { cost, currency, realisedCum, feesCum: { [currency]: feesCum } };
        return [row.instrument as InstrumentId, { ...position, quantity: quantity as Quantity }];
      }),
    ),
    incidents: new Map(
      incidents.map(({ id, kind, instrument, tradeId, detail }) => [
        id,
        {
          id,
          kind,
          detail,
          instrument: instrument as InstrumentId,
          tradeId: tradeId as TradeId | null,
        },
      ]),
    ),
    auditHead: head,
  };
}
