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
const SIZE_SHARES = 256n;

/**
 * What a taker on `side` meets, best first, one level per tick. With a ladder the size of a deeper
 * level follows from its price alone, so that a book changes only where the market moves; without
 * one each level is half a best level larger than the one before.
 */
export function levelsAgainst(book: Book, side: Side, count: number = BOOK_LEVELS): Level[] {
  const levels: Level[] = [];
  for (let index = 0; index < count; index += 1) {
    const level = levelAt(book, side, index);
    if (level === null) break;
    levels.push(level);
  }
  return levels;
}

/** Null where a bid would be at no price. */
function levelAt({ print, tickSize, lotSize }: Book, side: Side, index: number): Level | null {
  const away = BigInt(index) * tickSize;
  const price = (side === 'buy' ? print.ask + away : print.bid - away) as Price;
  if (price <= 0n) return null;
  const size =
    index === 0 || print.ladder === undefined
      ? (print.depth * BigInt(index + 2)) / 2n
      : (print.ladder * sizeShare(price / tickSize)) / SIZE_SHARES;
  const whole = size - (size % lotSize);
  return { price, quantity: (whole === 0n ? lotSize : whole) as Quantity };
}

/** From half to one and a half times the usual size, by the price in ticks. */
function sizeShare(ticks: bigint): bigint {
  const low = Number(BigInt.asUintN(32, ticks));
  let mixed = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return SIZE_SHARES / 2n + BigInt((mixed ^ (mixed >>> 15)) & 0xff);
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
  for (let index = 0; index < BOOK_LEVELS && left > 0n; index += 1) {
    const level = levelAt(book, side, index);
    if (level === null || (limit !== null && isWorse(side, level.price, limit))) break;
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
