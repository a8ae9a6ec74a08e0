import type { Price, Quantity, Side } from '@ballast/domain';
import type { MarketPrint } from './tick-path.ts';

/** The displayed market of one instrument, and what the account took of it since the last tick. */
export type Book = {
  readonly print: MarketPrint;
  readonly tickSize: bigint;
  readonly lotSize: bigint;
  readonly taken: { buy: bigint; sell: bigint };
};

export type Level = { readonly price: Price; readonly quantity: Quantity };

/** Levels on each side; an order that wants more than all of them is not filled whole. */
const BOOK_LEVELS = 50;

/** What a taker on `side` meets, best first: one level per tick, each half a best level larger. */
export function levelsAgainst(book: Book, side: Side, count: number = BOOK_LEVELS): Level[] {
  const { print, tickSize, lotSize } = book;
  const levels: Level[] = [];
  for (let index = 0; index < count; index += 1) {
    const away = BigInt(index) * tickSize;
    const price = (side === 'buy' ? print.ask + away : print.bid - away) as Price;
    if (price <= 0n) break;
    const size = (print.depth * BigInt(index + 2)) / 2n;
    levels.push({ price, quantity: (size - (size % lotSize)) as Quantity });
  }
  return levels;
}

/** The part of the levels that a taker gets now: within its limit, less what was taken before. */
export function sweep(
  book: Book,
  side: Side,
  wanted: bigint,
  limit: Price | null,
): readonly Level[] {
  let skip = book.taken[side];
  let left = wanted;
  const fills: Level[] = [];
  for (const level of levelsAgainst(book, side)) {
    if (left === 0n || (limit !== null && isWorse(side, level.price, limit))) break;
    const gone = skip < level.quantity ? skip : level.quantity;
    skip -= gone;
    const free = level.quantity - gone;
    const quantity = (free < left ? free : left) as Quantity;
    if (quantity === 0n) continue;
    fills.push({ price: level.price, quantity });
    left -= quantity;
  }
  return fills;
}

export function crosses(book: Book, side: Side, limit: Price): boolean {
  return side === 'buy' ? limit >= book.print.ask : limit <= book.print.bid;
}

function isWorse(side: Side, price: Price, limit: Price): boolean {
  return side === 'buy' ? price > limit : price < limit;
}
