import { sessionDay, type TradingSession } from '@ballast/domain';
import { Decoder } from '@msgpack/msgpack';

/** What a frame can hold at most; anything longer is no frame of this venue. */
const ITEMS_MAX = 100_000;
const TEXT_BYTES_MAX = 4_096;
const HOUR_MS = 3_600_000;

/**
 * Decodes one frame. Whole numbers of 64 bits come as bigint: ids use them all, and as float64 two
 * of them could become the same. Times become Date, the msgpack extension for them cut to ms.
 * @throws what the decoder throws for bytes that are no msgpack
 */
export function createFrameDecoder(): (bytes: Uint8Array) => unknown {
  const decoder = new Decoder({
    useBigInt64: true,
    maxArrayLength: ITEMS_MAX,
    maxMapLength: 1_000,
    maxStrLength: TEXT_BYTES_MAX,
    maxBinLength: TEXT_BYTES_MAX,
    maxExtLength: 64,
  });
  return (bytes) => decoder.decode(bytes);
}

export type Item = Readonly<Record<string, unknown>>;

export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Epoch ms of a time of the stream, or null: only the msgpack extension for times is one. */
export function timeOf(value: unknown): number | null {
  if (!(value instanceof Date)) return null;
  const at = value.getTime();
  return Number.isSafeInteger(at) && at > 0 ? at : null;
}

/** A value as a sample for a log; nothing that a frame holds makes this throw. */
export function described(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Date) return String(value.getTime());
  return value === null ? 'null' : typeof value;
}

/** The digits of an id, or null. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'bigint') return value >= 0n ? String(value) : null;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? String(value)
    : null;
}

/**
 * Ids of stock trades count anew each day at each exchange, so day and exchange belong to them. A
 * correction names its trade by the same three.
 */
export function createTradeIds(session: TradingSession) {
  let hour = Number.NaN;
  let day = 0;
  return (digits: string, exchange: unknown, at: number): string | null => {
    if (session === 'continuous') return digits;
    if (typeof exchange !== 'string' || !/^[A-Z0-9]$/.test(exchange)) return null;
    const itsHour = Math.floor(at / HOUR_MS);
    if (itsHour !== hour) {
      hour = itsHour;
      day = sessionDay(session, at);
    }
    return `${day}-${exchange}-${digits}`;
  };
}
