import { randomBytes } from 'node:crypto';
import type { VenueHarness } from '@ballast/brokers/conformance';
import {
  formatPrice,
  parsePrice,
  parseQuantity,
  parseScaled,
  parseSignedQuantity,
  symbolOf,
} from '@ballast/domain';
import { z } from 'zod';
import { openProxy } from './proxy.ts';
import { startSimulator } from './simulator-process.ts';
import { SPECS, STRANGER, type VenueName } from './venue-specs.ts';

const requests = z.object({
  requests: z.array(z.object({ method: z.string(), path: z.string(), orderLinkId: z.string() })),
});
const state = z.object({
  orders: z.array(
    z.object({ orderLinkId: z.string(), orderStatus: z.string(), cumExecQty: z.string() }),
  ),
  executions: z.array(
    z.object({ execId: z.string(), orderLinkId: z.string(), execQty: z.string() }),
  ),
  positions: z.array(z.object({ symbol: z.string(), side: z.string(), size: z.string() })),
});
const counts = z.record(z.string(), z.number());
const OPEN = new Set(['New', 'PartiallyFilled', 'Untriggered', 'Triggered']);

/** A simulated venue as a process of its own, behind a line that can be cut. */
export async function openHarness(
  name: VenueName,
): Promise<VenueHarness & { close(): Promise<void> }> {
  const spec = SPECS[name];
  const login = { key: randomBytes(12).toString('hex'), secret: randomBytes(24).toString('hex') };
  const simulator = await startSimulator({
    BALLAST_SIMULATOR_VENUES: name,
    BALLAST_SIMULATOR_API_KEY: login.key,
    BALLAST_SIMULATOR_API_SECRET: login.secret,
    BALLAST_SIMULATOR_CONTROL: 'true',
  });
  const { info } = simulator;
  const controlUrl = String(info['controlUrl'] ?? info['restUrl']);
  const proxy = await openProxy(Number(info[spec.portName]));
  const to = { port: proxy.port, ...login };
  const symbol = symbolOf(spec.instrument);
  let last = parsePrice(spec.price);

  const ask = async (path: string, body?: object): Promise<unknown> => {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${controlUrl}${path}?venue=${name}`, request);
    if (response.ok) return response.json();
    throw new Error(`${path} ${JSON.stringify(body)}: ${await response.text()}`);
  };
  const price = async (target: typeof last): Promise<void> => {
    await ask('/control/price', { symbol, price: formatPrice(target) });
    last = target;
  };
  await ask('/control', { action: 'freezePrices' });
  await price(last);

  return {
    venue: name,
    instrument: spec.instrument,
    tickSize: parseScaled(spec.tickSize),
    quantity: parseQuantity(spec.quantity),
    facts: spec.facts,
    secrets: [login.key, login.secret, STRANGER.key, STRANGER.secret, 'DU1234567', 'DU9999999'],
    openBroker: (said) => spec.open(to, said),
    openStranger: (said) => spec.openStranger(to, said),
    lastPrice: async () => last,
    price,
    async fault(order) {
      await ask('/control', order);
    },
    struck: async (fault) => counts.parse(await ask('/control/faults'))[fault] ?? 0,
    async clearFaults() {
      await ask('/control', { clear: 'all' });
    },
    async breakConnections() {
      await ask('/control', { action: 'breakConnections' });
    },
    reachable: (is) => proxy.reachable(is),
    oddWords: (are) => proxy.change(are ? spec.oddWord : null),
    async placementsOf(clientOrderId) {
      const log = requests.parse(await ask('/control/requests'));
      return log.requests.filter(
        (request) => request.orderLinkId === clientOrderId && spec.isPlacement(request),
      ).length;
    },
    state: async () => stateOf(state.parse(await ask('/control/state')), symbol),
    async close() {
      await proxy.close();
      await simulator.stop();
    },
  };
}

/** What the venue itself says of the one instrument, in the kit's words. */
function stateOf(told: z.infer<typeof state>, symbol: string) {
  const held = told.positions.find((position) => position.symbol === symbol);
  const size: bigint = held === undefined ? 0n : parseSignedQuantity(held.size);
  return {
    orders: told.orders.map((order) => ({
      clientOrderId: order.orderLinkId,
      isOpen: OPEN.has(order.orderStatus),
      filled: parseQuantity(order.cumExecQty),
    })),
    executions: told.executions.map((execution) => ({
      executionId: execution.execId,
      clientOrderId: execution.orderLinkId,
      quantity: parseQuantity(execution.execQty),
    })),
    position: held?.side === 'Sell' ? -size : size,
  };
}
