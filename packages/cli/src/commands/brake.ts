import { setTimeout as delay } from 'node:timers/promises';
import { BusError, readState } from '@ballast/bus';
import { type BrakeRow, newestBrakeState } from '@ballast/db';
import { formatScaled } from '@ballast/domain';
import { ask, until } from '../ask.ts';
import { Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const ENGAGE_WITHIN_MS = 300_000;
const ASK_AGAIN_MS = 500;
/** The gateway was away, or too late: nobody has decided anything. */
const NOT_TAKEN = new Set(['COMMAND_UNANSWERED', 'COMMAND_EXPIRED']);

/**
 * What is in force, and what each venue still has. Ok when it could be read and says released: a
 * brake that nobody can read is engaged.
 */
export async function brakeStatus({ access, db, bus }: Platform): Promise<Report> {
  const [row, portfolio] = await Promise.all([
    newestBrakeState(db, access.account),
    readState(bus, 'portfolio'),
  ]);
  const venues = liveProgress(portfolio) ?? progressOf(row);
  return {
    ok: row !== null && !row.engaged,
    data: { brake: row === null ? NEVER_SET : shown(row), venues },
    lines: [...brakeLines(row), ...venues.map(venueLine)],
  };
}

/**
 * Engages and says what is known right after; the flattening goes on. A command dies after seconds,
 * this wish does not: it is asked for anew until the gateway takes it.
 * @throws Failure with the refusal's code, or what the last attempt failed with
 */
export async function brakeEngage(platform: Platform, reason: string): Promise<Report> {
  const deadline = Date.now() + ENGAGE_WITHIN_MS;
  const commandId = await engaged(platform, reason, deadline);
  // It is engaged; a store that restarts just now must not make it look otherwise.
  const { db, access } = platform;
  const row = await until(deadline, () => newestBrakeState(db, access.account));
  return {
    ok: row?.engaged === true,
    data: { commandId, brake: row === null ? NEVER_SET : shown(row) },
    lines: [...brakeLines(row), 'how far the venues are: ballast brake status'],
  };
}

async function engaged(platform: Platform, reason: string, deadline: number): Promise<string> {
  for (;;) {
    try {
      return (await ask(platform, { type: 'engageBrake', body: { reason } })).commandId;
    } catch (error) {
      const refused =
        (error instanceof BusError && error.code === 'COMMAND_TOO_LARGE') ||
        (error instanceof Failure && !NOT_TAKEN.has(error.code));
      if (refused || Date.now() >= deadline) throw error;
      const why = error instanceof Error ? error.message : String(error);
      process.stderr.write(`NOT KNOWN TO BE ENGAGED: ${why}; asking again\n`);
      await delay(ASK_AGAIN_MS);
    }
  }
}

/** @throws Failure BRAKE_COOLING, BRAKE_NOT_FLAT, BRAKE_NOT_ENGAGED */
export async function brakeRelease(platform: Platform, reason: string): Promise<Report> {
  const { commandId } = await ask(platform, { type: 'releaseBrake', body: { reason } });
  const row = await newestBrakeState(platform.db, platform.access.account);
  return {
    ok: row !== null && !row.engaged,
    data: { commandId, brake: row === null ? NEVER_SET : shown(row) },
    lines: brakeLines(row),
  };
}

const NEVER_SET = { state: 'unreadable', engaged: true, reason: 'never set, counts as engaged' };

function shown(row: BrakeRow) {
  const { state, engaged, reason, actor, at, currency } = row;
  const { engagedAt, verifiedFlatAt, coolingUntil } = row;
  const amount = (value: bigint | null): string | null =>
    value === null ? null : formatScaled(value);
  const money = { peak: amount(row.peak), currency, drawdown: amount(row.drawdown) };
  return { state, engaged, reason, actor, at, engagedAt, verifiedFlatAt, coolingUntil, ...money };
}

function brakeLines(row: BrakeRow | null): string[] {
  if (row === null) return ['brake ENGAGED: never set, counts as engaged'];
  const { state, engaged, reason, actor, engagedAt, verifiedFlatAt, coolingUntil } = row;
  return [
    `brake ${engaged ? `ENGAGED (${state})` : 'released'}: ${reason} (${actor})`,
    ...(engagedAt === null ? [] : [`engaged       ${timeText(engagedAt)}`]),
    ...(engaged
      ? [`verified flat ${verifiedFlatAt === null ? 'no' : timeText(verifiedFlatAt)}`]
      : []),
    ...(coolingUntil === null ? [] : [`cooling until ${timeText(coolingUntil)}`]),
  ];
}

/** The gateway tells it each second; what is stored is only as new as its last change. */
function liveProgress(portfolio: unknown): Record<string, unknown>[] | null {
  if (typeof portfolio !== 'object' || portfolio === null) return null;
  const venues: unknown = Reflect.get(portfolio, 'brake');
  return Array.isArray(venues) && venues.length > 0 ? venues.filter(isRecord) : null;
}

function progressOf(row: BrakeRow | null): Record<string, unknown>[] {
  return Array.isArray(row?.progress) ? row.progress.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function venueLine(venue: Record<string, unknown>): string {
  const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const { positionsLeft, foreignPositions, foreignOrders, ordersLeft, answeredAt, fault } = venue;
  const answered = typeof answeredAt === 'number' ? timeText(answeredAt) : 'never';
  const held = texts(positionsLeft);
  const foreign = texts(foreignPositions);
  return [
    `${String(venue['venue'])}: ${venue['provenFlat'] === true ? 'flat' : 'NOT FLAT'}`,
    `orders left ${String(ordersLeft)}, positions left ${held.length}`,
    ...(held.length === 0 ? [] : [held.join(', ')]),
    ...(foreign.length === 0 ? [] : [`not ours: ${foreign.join(', ')}`]),
    ...(foreignOrders === 0 ? [] : [`orders of others ${String(foreignOrders)}`]),
    `last answer ${answered}`,
    ...(typeof fault === 'string' && fault !== '' ? [fault] : []),
  ].join('; ');
}
