import { audit, type Database } from '@ballast/db';
import { z } from 'zod';
import { confirm, without } from './confirm.ts';
import { venueRequests } from './venue-log.ts';

/** The request that each call makes; a look into the history belongs to its `findOrder`. */
const PATHS = {
  submit: '/v5/order/create',
  cancel: '/v5/order/cancel',
  findOrder: '/v5/order/realtime',
  executionsOf: '/v5/execution/list',
  openOrders: '/v5/order/realtime',
  executionsSince: '/v5/execution/list',
  positions: '/v5/position/list',
  balance: '/v5/account/wallet-balance',
} as const;
type CallName = keyof typeof PATHS;
const FOLLOW_UP_PATH = '/v5/order/history';

/** One call of a broker; `clientOrderId` empty where the call is about no single order. */
export type BrokerCall = { readonly call: CallName; readonly clientOrderId: string };

const audited = z.object({
  call: z.string().refine(isCallName, 'is no call of a broker'),
  request: z.object({ clientOrderId: z.string().default('') }).nullish(),
});

/**
 * Each broker call in the audit is one request in the venue's own log, under the same order id, and
 * the venue has seen no request that is in no audit row. The gateway goes on asking while we look:
 * calls that were answered before must be in the log, requests in the log must be audited after.
 * @param own the calls that somebody other than the gateway has made and awaited
 * @throws ProofError AUDIT_NOT_CALLS
 */
export async function proveVenueLog(
  db: Database,
  venueUrl: string,
  own: readonly BrokerCall[],
): Promise<void> {
  const answered = await auditedCalls(db, 'answered');
  const log = await venueRequests(venueUrl);
  const begun = await auditedCalls(db, 'begun');
  const seen = log
    .filter(({ path, cursor }) => path !== FOLLOW_UP_PATH && cursor === '')
    .map(({ path, orderLinkId }) => `${path} ${orderLinkId}`);
  const foreign = own.map(({ call, clientOrderId }) => requestOf(call, clientOrderId));
  const unseen = without([...answered, ...foreign], seen);
  const unaudited = without(seen, [...begun, ...foreign]);
  const told = `not at the venue: [${unseen.join(', ')}], not audited: [${unaudited.join(', ')}]`;
  confirm('AUDIT_NOT_CALLS', unseen.length + unaudited.length === 0, told);
}

async function auditedCalls(db: Database, which: 'answered' | 'begun'): Promise<string[]> {
  const rows = await db.select().from(audit);
  const ended = new Set(
    rows.filter(({ kind }) => kind === 'brokerResponse').map(({ callId }) => callId),
  );
  return rows
    .filter(
      ({ kind, callId }) => kind === 'brokerRequest' && (which === 'begun' || ended.has(callId)),
    )
    .map(({ data }) => {
      const { call, request } = audited.parse(data);
      return requestOf(call, request?.clientOrderId ?? '');
    });
}

function requestOf(call: CallName, clientOrderId: string): string {
  return `${PATHS[call]} ${clientOrderId}`;
}

function isCallName(name: string): name is CallName {
  return Object.hasOwn(PATHS, name);
}
