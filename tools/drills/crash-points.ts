import type { GateAt } from './gate.ts';
import type { Role } from './venue-hands.ts';

type Fault = { readonly fault: string } & Readonly<Record<string, string | number>>;

/** What is going on when the gateway dies, and how it is known that it is just then. */
export type CrashPoint = {
  readonly name: string;
  /** What the gateway is doing: entering, or with a protected trade one of the others. */
  readonly during: 'entry' | 'close' | 'target' | 'stop' | 'sweep';
  /** What the venue does meanwhile. */
  readonly fault?: Fault;
  /** The gateway stands still here ... */
  readonly gate?: GateAt;
  /** ... or the venue has seen this ... */
  readonly seen?: readonly ['create' | 'cancel', Role | null];
  /** ... or the fault has struck. */
  readonly struck?: true;
  /** The next gateway dies here, before it was ready. */
  readonly again?: GateAt;
  /** Among the few that `--short` runs. */
  readonly short?: true;
};

const HOLD_MS = 2_500;
const held = (on: 'submit' | 'cancel', count: number): Fault => {
  return { fault: 'lateAck', on, ms: HOLD_MS, count };
};
const fill: GateAt = { table: 'fills', when: 'true' };
/** The row in the audit that is durable before the request leaves. */
const beforeCall = (call: string, role?: Role): GateAt => {
  const ofRole = role === undefined ? '' : ` AND NEW.data->'request'->>'role' = '${role}'`;
  const when = `NEW.kind = 'brokerRequest' AND NEW.data->>'call' = '${call}'${ofRole}`;
  return { table: 'audit', when };
};
const afterCall = (call: string): GateAt => {
  const when = `NEW.kind = 'brokerResponse' AND NEW.data->>'call' = '${call}'`;
  return { table: 'audit', when };
};
const orderRow = (role: Role, status: string): GateAt => {
  return { table: 'orders', when: `NEW.role = '${role}' AND NEW.status = '${status}'` };
};

export const CRASH_POINTS: readonly CrashPoint[] = [
  {
    name: 'command received, not stored',
    during: 'entry',
    gate: { table: 'commands', when: 'true' },
  },
  {
    name: 'command and intent stored, nothing sent',
    during: 'entry',
    gate: beforeCall('submit', 'entry'),
    short: true,
  },
  {
    name: 'entry lost on its way to the venue',
    during: 'entry',
    fault: { fault: 'lostAckNotExecuted', on: 'submit', variant: 'never' },
    struck: true,
  },
  {
    name: 'entry received by the venue, not answered',
    during: 'entry',
    fault: held('submit', 1),
    seen: ['create', 'entry'],
    short: true,
  },
  {
    name: 'entry answered, answer not booked',
    during: 'entry',
    gate: afterCall('submit'),
  },
  {
    name: 'question about an unclear entry not asked yet',
    during: 'entry',
    fault: { fault: 'lostAckExecuted', on: 'submit', variant: 'broken' },
    gate: beforeCall('findOrder'),
  },
  {
    name: 'entry fill pushed, not booked',
    during: 'entry',
    gate: fill,
    short: true,
  },
  {
    name: 'entry filled, stop not sent',
    during: 'entry',
    gate: beforeCall('submit', 'stop'),
  },
  {
    name: 'stop received by the venue, not answered',
    during: 'entry',
    fault: held('submit', 3),
    seen: ['create', 'stop'],
  },
  {
    name: 'stop answered, answer not booked',
    during: 'entry',
    gate: orderRow('stop', 'working'),
  },
  {
    name: 'target received by the venue, not answered',
    during: 'entry',
    fault: held('submit', 3),
    seen: ['create', 'target'],
  },
  {
    name: 'target filled, fill not booked',
    during: 'target',
    gate: fill,
  },
  {
    name: 'stop filled, fill not booked',
    during: 'stop',
    gate: fill,
  },
  {
    name: 'close stored, exits not cancelled',
    during: 'close',
    gate: beforeCall('cancel'),
  },
  {
    name: 'cancel of an exit received by the venue, not answered',
    during: 'close',
    fault: held('cancel', 2),
    seen: ['cancel', null],
  },
  {
    name: 'close received by the venue, not answered',
    during: 'close',
    fault: held('submit', 1),
    seen: ['create', 'close'],
    short: true,
  },
  {
    name: 'close filled, fill not booked',
    during: 'close',
    gate: fill,
  },
  {
    name: 'recovery, fence taken and venue not asked',
    during: 'entry',
    gate: fill,
    again: beforeCall('executionsSince'),
  },
  {
    name: 'recovery, missed fill not booked',
    during: 'entry',
    gate: fill,
    again: fill,
    short: true,
  },
  {
    name: 'recovery, open orders listed and not taken in',
    during: 'entry',
    fault: held('submit', 1),
    seen: ['create', 'entry'],
    again: afterCall('openOrders'),
  },
  {
    name: 'sweep, fill that no push told of not booked',
    during: 'entry',
    fault: { fault: 'silentSocket', ms: 2_000 },
    gate: { table: 'fills', when: `NEW.channel <> 'stream'` },
  },
  {
    name: 'sweep, positions not compared',
    during: 'sweep',
    gate: beforeCall('positions'),
  },
];
