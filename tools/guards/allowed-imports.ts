/** What a member of the workspace may import. */
interface Allowed {
  /** No I/O, no clock, no randomness, and no package but these. */
  pure?: true;
  /** Names of our packages. */
  packages: readonly string[];
  /** Packages from outside; only listed for pure members. */
  outside?: readonly string[];
  /** Members of which only types may be imported. */
  typesOf?: readonly string[];
}

/**
 * The arrows of the house, by folder. A folder that is not here may not exist, so a new package or
 * service begins with a line in this table. Of the services only order-gateway may import brokers:
 * it is the one door through which orders leave. No line names a service, since services never
 * import services.
 */
export const ALLOWED: Readonly<Record<string, Allowed>> = {
  'packages/domain': { pure: true, packages: [], outside: ['zod'] },
  'packages/indicators': { pure: true, packages: [] },
  'packages/strategies': { pure: true, packages: ['domain', 'indicators'], outside: ['zod'] },
  'packages/order-core': { pure: true, packages: ['domain'] },
  'packages/sim-core': { pure: true, packages: ['domain'] },
  'packages/backtest-core': {
    pure: true,
    packages: ['domain', 'indicators', 'strategies', 'order-core', 'sim-core'],
  },
  'packages/feeds': { packages: ['domain', 'observability'] },
  'packages/brokers': { packages: ['domain', 'observability'] },
  'packages/db': { packages: ['domain'] },
  'packages/bus': { packages: ['domain', 'observability'] },
  'packages/observability': { packages: [] },
  'packages/cli': {
    packages: [
      ...['backtest-core', 'bus', 'db', 'domain', 'feeds', 'observability', 'order-core'],
      'strategies',
    ],
  },

  'services/market-data': { packages: ['bus', 'db', 'domain', 'feeds', 'observability'] },
  'services/strategy-worker': {
    // The engine of backtests only in tests, which hold the worker to it.
    packages: [
      ...['backtest-core', 'bus', 'db', 'domain', 'observability', 'order-core', 'strategies'],
    ],
  },
  'services/order-gateway': {
    packages: ['brokers', 'bus', 'db', 'domain', 'observability', 'order-core'],
  },
  'services/backtester': {
    packages: [
      ...['backtest-core', 'bus', 'db', 'domain', 'indicators', 'observability', 'order-core'],
      ...['sim-core', 'strategies'],
    ],
  },
  'services/supervisor': { packages: ['bus', 'db', 'domain', 'observability', 'strategies'] },
  'services/venue-simulator': { packages: ['domain', 'feeds', 'observability', 'sim-core'] },
  'services/dashboard/server': {
    packages: ['bus', 'db', 'domain', 'observability', 'order-core'],
  },
  'services/dashboard/web': { packages: ['domain'], typesOf: ['dashboard-server'] },

  tools: {
    packages: [
      ...['backtest-core', 'brokers', 'bus', 'db', 'domain', 'feeds', 'indicators'],
      ...['observability', 'order-core', 'strategies'],
    ],
  },
};

/**
 * Proofs that run the product's own code in a world of their own: they may import what tests may,
 * and nothing that ships may import them.
 */
export const PROOFS = [
  ...['services/order-gateway/simulation/', 'services/order-gateway/bench/'],
  'services/backtester/bench/',
];

/** Tests anywhere may start stores and processes with these; nothing else of tools is for them. */
export const TOOLS_FOR_TESTS = ['tools/stores/', 'tools/launcher/'];
