import { randomBytes } from 'node:crypto';
import { type Broker, ibkrBroker } from '@ballast/brokers';
import {
  clientOrderId,
  instrumentId,
  type OrderKind,
  type OrderRequest,
  parsePrice,
  parseQuantity,
  parseUuid,
  type TradeId,
} from '@ballast/domain';
import { startSimulator } from '../conformance/simulator-process.ts';
import { confirm } from '../proof/confirm.ts';
import { controlVenue } from '../proof/venue-control.ts';
import { venueAccount, venueRequests } from '../proof/venue-log.ts';
import { Claims, type Drill } from './drill.ts';
import { newId } from './operator.ts';
import { until } from './until.ts';

const AAPL = instrumentId('ibkr', 'stock', 'AAPL');
const PRICE = '228.5';
/** Below and above the price: the stop stays, the target is passed while TWS is away. */
const STOP = '220';
const TARGET = '231';
const BEYOND_TARGET = '233';
const AWAY_MS = 1_500;

/** Takes orders as they are: they pass no pre-trade rule and go to a venue that trades nothing. */
type Adapter = Omit<Broker, 'submit'> & {
  submit(order: OrderRequest): Promise<{ venueOrderId: string }>;
};
type Desk = {
  readonly controlUrl: string;
  readonly broker: Adapter;
  readonly heard: { lives: number; downs: number; readonly fills: Set<string> };
  quiet: boolean;
  order(role: OrderRequest['role'], kind: OrderKind): OrderRequest;
};

/**
 * The daily restart of TWS, at the adapter: with a position and two exits at the venue the quiet
 * window begins, TWS goes away, an exit fills meanwhile, TWS comes back.
 */
export const ibkrReset: Drill = async (_options, say) => {
  const secret = randomBytes(24).toString('hex');
  const simulator = await startSimulator({
    BALLAST_SIMULATOR_VENUES: 'ibkr',
    BALLAST_SIMULATOR_API_KEY: secret.slice(0, 16),
    BALLAST_SIMULATOR_API_SECRET: secret,
    BALLAST_SIMULATOR_CONTROL: 'true',
  });
  const claims = new Claims(say);
  const { info } = simulator;
  const desk = openDesk(String(info['controlUrl']), Number(info['twsPort']));
  const stream = openStream(desk);
  try {
    const begun = Date.now();
    await controlVenue(desk.controlUrl, '/control', { action: 'freezePrices' });
    await move(desk, PRICE);
    await until('the adapter is live', async () => desk.heard.lives === 1);
    const exits = await holdWithExits(desk);
    await restartInWindow(desk, claims);
    await compare(desk, exits.target, begun, claims);
    await tradeAgain(desk, exits, claims);
    return { ok: claims.ok, level: 'adapter', claims: claims.held, failures: claims.failures };
  } finally {
    stream.close();
    await simulator.stop();
  }
};

function openDesk(controlUrl: string, port: number): Desk {
  const tradeId = parseUuid<TradeId>(newId());
  const numbers = new Map<string, number>();
  let made = 0;
  const broker = ibkrBroker({
    ...{ account: 'drill', host: '127.0.0.1', port, clientId: 7, accountCode: null },
    ...{ shorting: false, timeZone: 'UTC', now: () => Date.now() },
    quietWindow: () => desk.quiet,
    timing: { retryFirstMs: 100, retryLastMs: 500 },
    orderIds: {
      async reserve(id, atLeast) {
        const number = numbers.get(id) ?? Math.max(atLeast, ...[...numbers.values()].map(next));
        numbers.set(id, number);
        return number;
      },
    },
    onBadRow: (code, detail) => {
      throw new Error(`${code}: ${detail}`);
    },
  });
  const desk: Desk = {
    ...{ controlUrl, broker, quiet: false },
    heard: { lives: 0, downs: 0, fills: new Set() },
    order(role, kind) {
      made += 1;
      const id = clientOrderId(tradeId, role, 0, made);
      const side = role === 'entry' ? 'buy' : 'sell';
      const what = { instrument: AAPL, side, quantity: parseQuantity('10'), kind } as const;
      return { clientOrderId: id, tradeId, role, slot: 0, reduceOnly: false, ...what };
    },
  };
  return desk;
}

const next = (number: number): number => number + 1;

function openStream({ broker, heard }: Desk): { close(): void } {
  return broker.openStream({
    onLive: () => void (heard.lives += 1),
    onDown: () => void (heard.downs += 1),
    onReport: () => undefined,
    onFill: ({ executionId }) => void heard.fills.add(executionId),
    onBadMessage(code, detail) {
      throw new Error(`${code}: ${detail}`);
    },
  });
}

const move = ({ controlUrl }: Desk, price: string): Promise<void> =>
  controlVenue(controlUrl, '/control/price', { symbol: 'AAPL', price });
const market: OrderKind = { type: 'market' };
const placements = async ({ controlUrl }: Desk): Promise<number> =>
  (await venueRequests(controlUrl)).filter(({ path }) => /place/i.test(path)).length;

async function holdWithExits(desk: Desk) {
  const { broker, heard } = desk;
  await broker.submit(desk.order('entry', market));
  await until('the entry is filled', async () => heard.fills.size > 0);
  const stop = desk.order('stop', { type: 'stop', triggerPrice: parsePrice(STOP) });
  const price = parsePrice(TARGET);
  const limit = { type: 'limit', price, timeInForce: 'gtc', postOnly: false } as const;
  const target = desk.order('target', limit);
  await broker.submit(stop);
  await broker.submit(target);
  await until('both exits rest', async () => (await broker.openOrders()).length === 2);
  return { stop, target };
}

/** Tries an entry and an exit, which must both be held back. @returns the codes */
async function tried(desk: Desk): Promise<string[]> {
  const codes: string[] = [];
  for (const role of ['entry', 'close'] as const) {
    const code = await desk.broker.submit(desk.order(role, market)).then(
      () => 'SENT',
      (error: unknown) => String(error instanceof Error ? Reflect.get(error, 'code') : error),
    );
    codes.push(code);
  }
  return codes;
}

async function restartInWindow(desk: Desk, claims: Claims): Promise<void> {
  const { heard, controlUrl } = desk;
  const before = await placements(desk);
  desk.quiet = true;
  const codes = await tried(desk);
  await controlVenue(controlUrl, '/control', { fault: 'dailyRestart', ms: AWAY_MS });
  await until('the adapter sees that TWS is gone', async () => heard.downs > 0);
  codes.push(...(await tried(desk)));
  await move(desk, BEYOND_TARGET);
  await until('TWS is back', async () => heard.lives === 2);
  codes.push(...(await tried(desk)));
  const said = codes.every((code) => code === 'QUIET_WINDOW');
  claims.claim('each order in the window is refused as not sent', said, codes);
  const after = await placements(desk);
  claims.claim('no order reached the venue in the window', after === before, after - before);
  desk.quiet = false;
  const later = await placements(desk);
  claims.claim('nothing leaves by itself after the window', later === before, later - before);
}

/** What a gateway asks before its first order: the listings tell all that happened meanwhile. */
async function compare(
  { broker, controlUrl }: Desk,
  target: OrderRequest,
  since: number,
  claims: Claims,
): Promise<void> {
  const executions = await broker.executionsSince(since - 1_000);
  const missed = executions.filter(({ clientOrderId: id }) => id === target.clientOrderId);
  const filled = missed.reduce((sum, { quantity }) => sum + quantity, 0n);
  claims.claim('the fill of the restart is listed', filled === target.quantity, String(filled));
  const ids = executions.map(({ executionId }) => executionId);
  const theirs = (await venueAccount(controlUrl)).executions.length;
  const once = new Set(ids).size === ids.length && ids.length === theirs;
  claims.claim('each execution is listed once', once, { listed: ids.length, theirs });
  const flat = (await broker.positions()).every(({ quantity }) => quantity === 0n);
  claims.claim('the position is flat', flat);
}

async function tradeAgain(
  desk: Desk,
  { stop }: { stop: OrderRequest },
  claims: Claims,
): Promise<void> {
  const { broker, heard, controlUrl } = desk;
  const resting = await broker.openOrders();
  const kept = resting.length === 1 && resting[0]?.clientOrderId === stop.clientOrderId;
  claims.claim('the other exit is still there, once', kept, resting.length);
  await broker.cancel({ ...stop, venueOrderId: null });
  await until('it is cancelled', async () => (await broker.openOrders()).length === 0);
  const told = heard.fills.size;
  const answer = await broker.submit(desk.order('entry', market));
  confirm('NOT_PLACED', answer.venueOrderId !== '', 'the venue gave no id');
  await until('the first order after the restart is filled', async () => heard.fills.size > told);
  await broker.submit(desk.order('close', market));
  await until('flat again', async () =>
    (await broker.positions()).every(({ quantity }) => quantity === 0n),
  );
  const { orders } = await venueAccount(controlUrl);
  const ids = orders.map(({ orderLinkId }) => orderLinkId);
  const once = new Set(ids).size === ids.length && ids.length === 5;
  claims.claim('each order is once at the venue', once, ids);
}
