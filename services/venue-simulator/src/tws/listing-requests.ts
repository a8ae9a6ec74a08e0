import type { AccountView } from './account-view.ts';
import {
  accountView,
  portfolioFrame,
  positionFrame,
  seconds,
  valueFrames,
} from './account-view.ts';
import { contractDataFrame } from './contracts.ts';
import { nextValidId } from './desk.ts';
import { commissionFrame, executionFrame, filterTime, passes } from './executions.ts';
import type { Frame } from './frame.ts';
import { PUSH } from './message-ids.ts';
import { isWorking, viewAt } from './order-record.ts';
import { completedOrderFrame, openOrderFrame, orderStatusFrame, timeText } from './order-wire.ts';
import { invalidRequest, TwsRefusal, unreadable } from './refusal.ts';
import type { Session } from './session.ts';
import type { Tws } from './tws.ts';

/** How far back executions are told: one day. */
const EXECUTIONS_KEPT_MS = 86_400_000;
const SUMMARIES_MAX = 2;
const REQUEST_ID = /^-?\d{1,10}$/;

export type ListingRequest = {
  readonly tws: Tws;
  readonly session: Session;
  readonly clientId: number;
  readonly fields: readonly string[];
  /** What a listing tells is as it was then. */
  readonly asOf: number;
  readonly now: number;
};

/** @throws TwsRefusal 320 */
export function requestIdOf(text: string | undefined): string {
  if (text === undefined || !REQUEST_ID.test(text)) throw unreadable(`Request id: ${text}`);
  return text;
}

/** Each order, with its status right after it, and the end. `own`: of this client only. */
export function openOrders({ tws, clientId, asOf }: ListingRequest, own: boolean): Frame[] {
  const frames: Frame[] = [];
  for (const record of tws.desk.records.values()) {
    const view = viewAt(record, asOf);
    if (view === undefined || !isWorking(view) || !record.transmitted) continue;
    if (own && record.clientId !== clientId) continue;
    frames.push(openOrderFrame(record, tws.account, view), orderStatusFrame(record, view));
  }
  return [...frames, [PUSH.openOrderEnd, 1]];
}

export function completedOrders({ tws, asOf }: ListingRequest): Frame[] {
  const frames: Frame[] = [];
  for (const record of tws.desk.records.values()) {
    const view = viewAt(record, asOf);
    if (view === undefined || isWorking(view)) continue;
    frames.push(completedOrderFrame(record, tws.account, view));
  }
  return [...frames, [PUSH.completedOrdersEnd]];
}

/** All revisions, each with its commission. @throws TwsRefusal */
export function executions({ tws, fields, asOf, now }: ListingRequest): Frame[] {
  const reqId = requestIdOf(fields[2]);
  const [clientId = '', account = '', time = '', symbol = '', , , side = ''] = fields.slice(3);
  const from = filterTime(time);
  if (from === null) throw new TwsRefusal(321, `Error validating request. Time ${time}`);
  if (account !== '' && account !== tws.account) throw invalidRequest(`Invalid account ${account}`);
  const since = Math.max(from, now - EXECUTIONS_KEPT_MS);
  const filter = { clientId, account, time, symbol, side };
  const frames = tws.executions
    .filter((record) => record.toldAt <= asOf && passes(record, filter, since))
    .flatMap((record) => [executionFrame(record, reqId, tws.account), commissionFrame(record)]);
  return [...frames, [PUSH.executionDataEnd, 1, reqId]];
}

function accountAt({ tws, asOf, now }: ListingRequest): AccountView {
  if (asOf >= now) return accountView(tws.venue, now);
  const [first] = tws.pastAccounts;
  const past = tws.pastAccounts.findLast(({ at }) => at <= asOf) ?? first;
  return past ?? accountView(tws.venue, now);
}

export function positions(request: ListingRequest): Frame[] {
  const { tws, session } = request;
  session.wantsPositions = true;
  const rows = accountAt(request).positions;
  const frames = rows.flatMap((position) => positionFrame(tws.contracts, position, tws.account));
  return [...frames, [PUSH.positionEnd, 1]];
}

/** @throws TwsRefusal 322 beyond two that were not cancelled. */
export function accountSummary(request: ListingRequest): Frame[] {
  const { tws, session, fields } = request;
  const reqId = requestIdOf(fields[2]);
  const tags = (fields[4] ?? '').split(',').map((tag) => tag.trim());
  if (fields[3] !== 'All') throw invalidRequest(`Account group ${fields[3]} is not known`);
  if (!session.summaries.has(reqId) && session.summaries.size >= SUMMARIES_MAX) {
    const text = 'Maximum number of account summary requests exceeded';
    throw new TwsRefusal(322, `Error processing request.-'bS' : cause - ${text}`);
  }
  session.summaries.set(reqId, tags);
  const { values, currency } = accountAt(request);
  const asked = [...values].filter(([tag]) => tags.includes(tag));
  const frames: Frame[] = asked.map(([tag, value]) => [
    PUSH.accountSummary,
    1,
    reqId,
    tws.account,
    tag,
    value,
    currency,
  ]);
  return [...frames, [PUSH.accountSummaryEnd, 1, reqId]];
}

export function accountData(request: ListingRequest): Frame[] {
  const { tws, session, fields, now } = request;
  session.wantsAccount = fields[2] === '1';
  if (!session.wantsAccount) return [];
  const view = accountAt(request);
  return [
    ...valueFrames(view, tws.account),
    ...view.positions.flatMap((position) =>
      portfolioFrame(tws.venue, tws.contracts, position, tws.account),
    ),
    [PUSH.accountUpdateTime, 1, timeText(now).slice(9, 14)],
    [PUSH.accountDownloadEnd, 1, tws.account],
  ];
}

/** @throws TwsRefusal 200 */
export function contractData({ tws, fields }: ListingRequest): Frame[] {
  const reqId = requestIdOf(fields[2]);
  const [conId = '', symbol = '', secType = ''] = fields.slice(3);
  const contract = tws.contracts.find({ conId, symbol, secType, currency: fields[12] ?? '' });
  return [contractDataFrame(reqId, contract), [PUSH.contractDataEnd, 1, reqId]];
}

export const currentTime = ({ now }: ListingRequest): Frame[] => [
  [PUSH.currentTime, 1, seconds(now)],
];

export const nextId = (tws: Tws, clientId: number): Frame => [
  PUSH.nextValidId,
  1,
  nextValidId(tws.desk, clientId),
];

export const managedAccounts = (tws: Tws): Frame => [PUSH.managedAccounts, 1, tws.account];
