import Fastify from 'fastify';
import { priceSourceOf, type SimulatorConfig, type VenueName } from './config.ts';
import { addControlRoutes } from './control.ts';
import { type OpenedVenue, openOne, type Surroundings } from './opened-venue.ts';
import { turn, type Venue } from './venue.ts';

const TURN_MS = 25;
const MARK_EVERY_MS = 2_000;

export type Simulator = {
  /** What the launcher is told: ports, URLs, priceSource, instruments, accountCurrency. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly venues: ReadonlyMap<VenueName, OpenedVenue>;
  /** The first of them. */
  readonly venue: Venue;
  close(): Promise<void>;
};

/**
 * Prices, accounts and front ends together, ready to trade.
 * @throws ConfigFault, ReplayFault, FeedError
 */
export async function openSimulator(
  config: SimulatorConfig,
  surroundings: Surroundings,
): Promise<Simulator> {
  const names = [...new Set(config.BALLAST_SIMULATOR_VENUES)];
  const opened: OpenedVenue[] = [];
  for (const name of names) {
    const first = opened.find((one) => one.name !== 'bybit')?.venue ?? null;
    const lead = name === 'bybit' ? null : first;
    opened.push(await openOne(name, config, surroundings, lead));
  }
  const control = openControl(config, opened);
  const addresses: Record<string, unknown> = {};
  for (const one of opened) Object.assign(addresses, await listen(one, config));
  Object.assign(addresses, await control.listen());
  const clock = setInterval(() => {
    try {
      for (const { venue } of opened) turn(venue, Date.now());
    } catch (error) {
      clearInterval(clock);
      surroundings.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }, TURN_MS);
  const saving = setInterval(() => {
    for (const one of opened) one.saveMarks();
  }, MARK_EVERY_MS);
  const close = async (): Promise<void> => {
    clearInterval(saving);
    clearInterval(clock);
    await Promise.all([...opened.map(({ frontEnd }) => frontEnd.close()), control.close()]);
    for (const one of opened) await one.stop();
  };
  let closing: Promise<void> | undefined;
  const [first] = opened;
  if (first === undefined) throw new Error('no venue is named');
  return {
    venues: new Map(opened.map((one) => [one.name, one])),
    venue: first.venue,
    info: {
      ...addresses,
      priceSource: priceSourceOf(config).kind,
      instruments: opened.flatMap(instrumentsOf),
      accountCurrency: accountCurrency(first),
    },
    close: () => (closing ??= close()),
  };
}

/** ByBit's addresses have the names that they always had, the others' begin with the venue. */
async function listen(
  { name, frontEnd }: OpenedVenue,
  config: SimulatorConfig,
): Promise<Record<string, unknown>> {
  switch (name) {
    case 'bybit':
      return { ...(await frontEnd.listen(config.BALLAST_SIMULATOR_PORT)) };
    case 'alpaca':
      return prefixed(name, await frontEnd.listen(config.BALLAST_SIMULATOR_ALPACA_PORT));
    case 'ibkr':
      return prefixed('tws', await frontEnd.listen(config.BALLAST_SIMULATOR_TWS_PORT));
    case 'finnhub':
      return prefixed(name, await frontEnd.listen(config.BALLAST_SIMULATOR_FINNHUB_PORT));
    default:
      return name satisfies never;
  }
}

function prefixed(name: string, told: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(told).map(([key, value]) => [
      `${name}${key.charAt(0).toUpperCase()}${key.slice(1)}`,
      value,
    ]),
  );
}

/** The tests' routes: with ByBit's, or where there is no ByBit, alone on its port. */
function openControl(
  config: SimulatorConfig,
  opened: readonly OpenedVenue[],
): { listen(): Promise<Record<string, unknown>>; close(): Promise<void> } {
  const nothing = {
    listen: async (): Promise<Record<string, unknown>> => ({}),
    close: async (): Promise<void> => undefined,
  };
  if (!config.BALLAST_SIMULATOR_CONTROL) return nothing;
  const app = opened.find(({ bybit }) => bybit !== null)?.bybit?.app;
  if (app !== undefined) {
    addControlRoutes(app, opened);
    return nothing;
  }
  const own = Fastify({ forceCloseConnections: true });
  own.removeAllContentTypeParsers();
  own.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  addControlRoutes(own, opened);
  return {
    async listen() {
      const port = config.BALLAST_SIMULATOR_PORT;
      return { controlUrl: await own.listen({ port, host: '127.0.0.1' }) };
    },
    close: () => own.close(),
  };
}

/** Nothing is traded at a feed: it lists nothing of its own. */
const instrumentsOf = ({ name, venue }: OpenedVenue): string[] =>
  name === 'finnhub' ? [] : [...venue.markets.values()].map(({ instrument }) => instrument.id);

/**
 * What the account is kept in: dollars where any market is quoted in them, else the quote currency
 * of a replay.
 */
function accountCurrency({ venue }: OpenedVenue): string {
  const quoted = [...venue.markets.values()].map(({ instrument }) => instrument.quoteCurrency);
  return quoted.find((currency) => currency === 'USDT') ?? quoted[0] ?? 'USDT';
}
