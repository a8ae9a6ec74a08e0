import {
  auditHead,
  type Database,
  loadOpenIncidents,
  loadOpenTradeStates,
  loadOpenUnattributed,
  loadPositions,
} from '@ballast/db';
import { type InstrumentId, parseScaled, type Quantity, type TradeId } from '@ballast/domain';
import { type Position, tradeFromJson, unattributedFromJson } from '@ballast/order-core';
import { loadBrake } from '../brake/load-brake.ts';
import type { Book } from '../journal/book.ts';

/**
 * The book as the last commit left it. Called once,
 * after the fence is taken and nobody else can write.
 */
export async function loadBook(db: Database, account: string): Promise<Book> {
  const [states, foreign, positions, incidents, head, brake] = await Promise.all([
    loadOpenTradeStates(db, account),
    loadOpenUnattributed(db, account),
    loadPositions(db, account),
    loadOpenIncidents(db, account),
    auditHead(db, account),
    loadBrake(db, account),
  ]);
  const trades = states.map(tradeFromJson);
  return {
    trades: new Map(trades.map((trade) => [trade.id, trade])),
    unattributed: new Map(
      foreign.flatMap((state) => unattributedFromJson(state) ?? []).map((one) => [one.id, one]),
    ),
    positions: new Map(
      positions.map((row): [InstrumentId, Position] => {
        const { quantity, cost, currency, realisedCum } = row;
        const feesCum: Record<string, bigint> = {};
        for (const [of, text] of Object.entries(row.feesCum)) feesCum[of] = parseScaled(text);
        const position = { cost, currency, realisedCum, feesCum };
        return [row.instrument as InstrumentId, { ...position, quantity: quantity as Quantity }];
      }),
    ),
    incidents: new Map(
      incidents.map(({ id, kind, instrument, tradeId, detail, thawedBy }) => [
        id,
        {
          id,
          kind,
          detail,
          instrument: instrument as InstrumentId | null,
          tradeId: tradeId as TradeId | null,
          ...(thawedBy === null ? {} : { thawedBy }),
        },
      ]),
    ),
    brake,
    auditHead: head,
  };
}
