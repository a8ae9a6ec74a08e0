import { symbolOf } from '@ballast/domain';
import type { CrashPoint } from './crash-points.ts';
import { closeGate, type Gate, type GateAt } from './gate.ts';
import { ETH, type Trade, type Trading } from './trading.ts';
import { until } from './until.ts';
import { idsOf } from './venue-hands.ts';

/**
 * Drives the platform to one point, kills the gateway there, and waits until the next one has
 * brought the trade to its end.
 * @returns what ended the trade
 */
export async function crashAt(point: CrashPoint, trading: Trading): Promise<string> {
  const { venue, db } = trading;
  const symbol = symbolOf(ETH);
  const before = await venue.price(symbol);
  await trading.takesRisk();
  const held = point.during === 'entry' ? null : await trading.openProtected();
  const gate = point.gate === undefined ? null : await closeGate(db, point.gate);
  let trade: Trade;
  try {
    const standsAt = await prepared(point, gate, trading);
    trade = held ?? (await trading.open());
    if (held !== null) await drive(point, held, trading);
    await standsAt(trade);
    await trading.killGateway();
  } finally {
    await gate?.open();
  }
  if (point.again !== undefined) await dieAgain(point.again, trading);
  await trading.gatewayReady();
  await venue.clearFaults();
  const outcome = await finish(point, trade, trading);
  await venue.move(symbol, before);
  return outcome;
}

/** Orders the fault. @returns what waits until the point is reached */
async function prepared(
  { fault, seen, struck }: CrashPoint,
  gate: Gate | null,
  { venue }: Trading,
): Promise<(trade: Trade) => Promise<void>> {
  const name = fault?.fault ?? '';
  const already = fault === undefined ? 0 : await venue.struck(name);
  if (fault !== undefined) {
    const { fault: _name, ...how } = fault;
    await venue.fault(name, how);
  }
  return async ({ tradeId }) => {
    if (gate !== null) return gate.reached();
    if (seen !== undefined) {
      const [kind, role] = seen;
      return venue.seen(kind, role === null ? idsOf(tradeId) : idsOf(tradeId, role));
    }
    if (struck !== true) throw new Error('a point without a sign of it');
    await until(`${name} strikes`, async () => (await venue.struck(name)) > already);
  };
}

async function drive({ during }: CrashPoint, trade: Trade, trading: Trading): Promise<void> {
  switch (during) {
    case 'close': {
      const body = { tradeId: trade.tradeId, reason: 'drill' };
      await trading.operator.ask({ type: 'closeTrade', body });
      return;
    }
    case 'target':
    case 'stop':
      return trading.pass(trade, during);
    case 'entry':
    case 'sweep':
      return;
    default:
      during satisfies never;
  }
}

/** The next gateway dies too, in its recovery. */
async function dieAgain(at: GateAt, trading: Trading): Promise<void> {
  const gate = await closeGate(trading.db, at);
  try {
    await gate.reached();
    await trading.killGateway();
  } finally {
    await gate.open();
  }
}

/** A trade that lives on is taken to its target. */
async function finish(point: CrashPoint, trade: Trade, trading: Trading): Promise<string> {
  const { ledger } = trading;
  const { tradeId, commandId } = trade;
  const working = async (role: 'stop' | 'target'): Promise<boolean> =>
    (await ledger.order(tradeId, role))?.status === 'working';
  if (point.during === 'entry' || point.during === 'sweep') {
    const state = await until(`${tradeId} is protected or over`, async () => {
      const code = await ledger.refusal(commandId);
      if (code !== null) return { refused: code };
      if ((await ledger.trade(tradeId))?.endedAt != null) return { refused: null };
      return (await working('stop')) && (await working('target')) && { refused: null };
    });
    if (state.refused !== null) return `refused: ${state.refused}`;
    await trading.pass(trade, 'target');
  }
  return ledger.ended(tradeId);
}
