import { InvalidInput, invariant } from './errors.ts';

/** UUIDv7 text; the time in it makes ids sort by creation. */
export type TradeId = string & { readonly __tradeId: true };
export type CommandId = string & { readonly __commandId: true };
export type SignalId = string & { readonly __signalId: true };
/** ≤ 36 characters of [a-z0-9]; the venue echoes it and refuses it twice. */
export type ClientOrderId = string & { readonly __clientOrderId: true };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CLIENT_ORDER_ID = /^([0-9a-f]{32})([estc])([0-9a-z])([0-9a-z]{2})$/;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const DIGIT = Array.from({ length: 16 }, (_, value) => value.toString(16));

/** RFC 9562 UUIDv7 from a time (epoch ms) and ten random bytes: both come from the caller. */
export function uuidV7(at: number, random: Uint8Array): string {
  invariant(random.length >= 10, 'uuidV7 needs ten random bytes');
  const hex = (index: number): string => HEX[random[index] ?? 0] ?? '';
  const low = (index: number): string => DIGIT[(random[index] ?? 0) & 0xf] ?? '';
  const [early, late] = [Math.floor(at / 0x1000000), at % 0x1000000];
  const variant = DIGIT[0x8 | (((random[2] ?? 0) >>> 4) & 0x3)] ?? '';
  // Short pieces: longer ones would be kept as trees of pieces, in each of many ids.
  const first = byteOf(early, 16) + byteOf(early, 8) + byteOf(early, 0) + byteOf(late, 16);
  const second = `-${byteOf(late, 8)}${byteOf(late, 0)}-7${low(0)}${hex(1)}`;
  const third = `-${variant}${low(2)}${hex(3)}-`;
  return first + second + third + (hex(4) + hex(5) + hex(6) + hex(7) + hex(8) + hex(9));
}

const byteOf = (value: number, shift: number): string => HEX[(value >>> shift) & 0xff] ?? '';

/** @throws InvalidInput ID_MALFORMED */
export function parseUuid<Id extends string>(text: string): Id {
  if (!UUID.test(text))
    throw new InvalidInput('ID_MALFORMED', `not a lower-case UUID: "${text.slice(0, 40)}"`);
  return text as Id;
}

/** What an order is for in its trade. */
const ROLES = ['entry', 'stop', 'target', 'close'] as const;
export type OrderRole = (typeof ROLES)[number];
const ROLE_LETTER: Record<OrderRole, string> = { entry: 'e', stop: 's', target: 't', close: 'c' };
export const LEGS_MAX = 36;

/**
 * The one id of an order on each attempt, derived from what it is: trade, role, leg (0–35),
 * revision (0–1295). The trade's 32 hex digits + role letter + leg + two revision
 * digits = 36 characters.
 */
export function clientOrderId(
  trade: TradeId,
  role: OrderRole,
  leg: number,
  revision: number,
): ClientOrderId {
  invariant(leg >= 0 && leg < LEGS_MAX, `leg ${leg} out of range`);
  invariant(revision >= 0 && revision < 1296, `revision ${revision} out of range`);
  const suffix = `${leg.toString(36)}${revision.toString(36).padStart(2, '0')}`;
  return `${trade.replaceAll('-', '')}${ROLE_LETTER[role]}${suffix}` as ClientOrderId;
}

/** The trade behind a client order id, or null when the order is not one of ours. */
export function tradeOfClientOrderId(id: string): TradeId | null {
  const hex = CLIENT_ORDER_ID.exec(id)?.[1];
  if (hex === undefined) return null;
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return parts.join('-') as TradeId;
}

/** What the order behind a client order id is for, or null when it is not one of ours. */
export function roleOfClientOrderId(id: string): OrderRole | null {
  const letter = CLIENT_ORDER_ID.exec(id)?.[2];
  return ROLES.find((role) => ROLE_LETTER[role] === letter) ?? null;
}
