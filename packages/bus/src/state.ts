import type { Failing, Heartbeat } from '@ballast/observability';
import type { Bus } from './connection.ts';
import { BusError } from './errors.ts';
import { stateKey } from './keys.ts';

/** Services whose heartbeat goes over the bus; the dashboard may not write to it. */
export const HEARTBEAT_SERVICES = [
  'market-data',
  'market-data-standby',
  'strategy-worker',
  'order-gateway',
  'supervisor',
  'backtester',
] as const;

/** Those that an installation may do without: they count once they have been heard. */
export const OPTIONAL_SERVICES: readonly string[] = ['market-data-standby', 'backtester'];

/** What the market-data process that publishes says of its feeds. */
export const FEED_STATE = 'feed:market';

/**
 * Stores `value` as JSON under `state:<name>`. @throws BusError STATE_NOT_JSON
 * on bigint or undefined
 */
export async function putState(bus: Bus, name: string, value: unknown): Promise<void> {
  const text = toJson(name, value);
  await bus.run(`SET state ${name}`, (redis) => redis.set(stateKey(name), text));
}

/** The value under `state:<name>`, null when there is none. @throws BusError STATE_MALFORMED */
export async function readState(bus: Bus, name: string): Promise<unknown> {
  const text = await bus.run(`GET state ${name}`, (redis) => redis.get(stateKey(name)));
  return text === null ? null : fromJson(name, text);
}

export function putHeartbeat(bus: Bus, beat: Heartbeat): Promise<void> {
  return putState(bus, `heartbeat:${beat.service}`, beat);
}

/** The last heartbeat of each service that ever sent one; judging its age is the reader's. */
export async function readHeartbeats(bus: Bus): Promise<Heartbeat[]> {
  const keys = HEARTBEAT_SERVICES.map((service) => stateKey(`heartbeat:${service}`));
  const texts = await bus.run('MGET heartbeats', (redis) => redis.mget(...keys));
  return texts.flatMap((text) => {
    if (text === null) return [];
    const value = fromJson('heartbeat', text);
    if (!isHeartbeat(value)) throw new BusError('STATE_MALFORMED', 'not a heartbeat in state');
    return [value];
  });
}

function toJson(name: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new BusError('STATE_NOT_JSON', `state ${name} does not fit into JSON`, error);
  }
  if (text === undefined) throw new BusError('STATE_NOT_JSON', `state ${name} is undefined`);
  return text;
}

function fromJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BusError('STATE_MALFORMED', `state ${name} is not JSON`, error);
  }
}

function isHeartbeat(value: unknown): value is Heartbeat {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'service' in value &&
    typeof value.service === 'string' &&
    ['at', 'startedAt', 'pid', 'loopDelayP99Ms'].every(
      (name) => typeof Reflect.get(value, name) === 'number',
    ) &&
    typeof Reflect.get(value, 'version') === 'string' &&
    typeof Reflect.get(value, 'counts') === 'object' &&
    Reflect.get(value, 'counts') !== null &&
    (!('failing' in value) || isFailing(value.failing))
  );
}

function isFailing(value: unknown): value is Failing {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['code', 'cannot', 'advice'].map((name): unknown => Reflect.get(value, name));
  return (
    texts.every((text) => typeof text === 'string') &&
    typeof Reflect.get(value, 'since') === 'number'
  );
}
