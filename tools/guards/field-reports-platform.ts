import { BROKERS, GATEWAY, KIT, type FieldReport, REPLACING, shown } from './field-report.ts';

/** Decisions, data, settings, and the clients and queues between the parts. */
export const PLATFORM_REPORTS: readonly FieldReport[] = [
  {
    number: 22,
    source: 'FT #5222, #6002, #12675, #8451',
    report: 'live differs from the backtest and nothing says why',
    cases: [
      ...shown(
        'services/strategy-worker/test/decisions.test.ts',
        'an allowed signal is a stored row and one signed command with its plan',
        'after a hole the strategies go on from the stored bars as if there were none',
      ),
      ...shown(
        'services/strategy-worker/test/track-book.test.ts',
        'what is said does not tell when the worker was started',
      ),
      ...shown(
        'packages/cli/test/decisions.test.ts',
        'stored signals are made again from bars and the parameters of their time, all equal',
        'one that was altered differs without a cause; one whose bars have changed has one',
      ),
      ...shown(
        'packages/backtest-core/src/engine/run.test.ts',
        'nothing that comes later changes what was decided before',
      ),
      ...shown(
        'packages/cli/test/parity.test.ts',
        'a day that is replayed decides the same: words, gates, configuration of its hour, sizes',
        'what live has decided otherwise is found, and is without a cause',
      ),
    ],
    later: 'That comparison by itself each night: `ballast parity --day` is to be asked for.',
  },
  {
    number: 23,
    source: 'FT #6649, #8177, #10973',
    report: 'nobody can say why a signal was not traded',
    cases: [
      ...shown(
        'services/strategy-worker/test/decisions.test.ts',
        'every signal has one command or one blocked row; repeats change nothing',
      ),
      ...shown(
        'services/strategy-worker/test/asked-signals.test.ts',
        'a trade that was denied blocks its signal with the rules',
      ),
      ...shown(
        `${GATEWAY}/test/risk-facts.test.ts`,
        'every rule is stored with its verdict, input and limit',
      ),
    ],
  },
  {
    number: 24,
    source: 'FT #4427, #5653, NT #3904, HFT #262',
    report: 'a backtest needs more memory than there is, or takes for ever',
    cases: [
      ...shown(
        'tools/bench/backtest.test.ts',
        'the engine makes the trades of a plain loop over the same bars, to the cent',
      ),
      ...shown(
        'services/backtester/test/stored-run.test.ts',
        'more bars than fit are refused before they are held',
        'a run whose process dies has failed, and the service lives',
      ),
    ],
    later:
      'Files that do not fit into memory: all their bars are read into typed columns. The speed, ' +
      'and by how much it misses its goal, stands in docs/performance.md.',
  },
  {
    number: 25,
    source: 'FT #4763, HB #3727',
    report: 'settings cannot be changed safely while the platform runs',
    cases: [
      ...shown(
        'packages/db/test/in-force.test.ts',
        'of two switches of one moment the one written last is in force, and none of the future',
      ),
      ...shown(
        'packages/db/test/configuration.test.ts',
        'a change holds from its time on, with who, when, why; an announced one from then',
      ),
      ...shown(
        'services/strategy-worker/test/track-book.test.ts',
        'what was warmed up before a change of the parameters begins anew with them',
      ),
      ...shown(
        'services/supervisor/test/supervisor.test.ts',
        'an entry delivered again after a crash has no second effect, no refusal',
      ),
    ],
    cannot:
      'a change that is not safe while running: what may change then (switches, settings, ' +
      'parameters of strategies) is dated rows, all else is read at a start, from the environment',
  },
  {
    number: 26,
    source: 'OG #932, PR #1991',
    report: 'the simulated venue fills one order twice; an id is free again after a time-out',
    cases: [
      ...shown(
        'services/venue-simulator/test/rest.test.ts',
        'an orderLinkId is taken once, however often it is sent',
      ),
      ...shown(
        'packages/sim-core/src/matcher.property.test.ts',
        'orders, fills, position and cash agree after any sequence',
      ),
      ...shown(
        `${KIT}/identity-cases.ts`,
        'an id sent again after its order was filled trades no second time',
      ),
    ],
  },
  {
    number: 27,
    source: 'OpenAlice #90, #91',
    report:
      'a listing leaves out conditional orders, so that stops are sent again; ids are made up',
    cases: [
      ...shown(
        `${KIT}/identity-cases.ts`,
        'a resting stop is in the listing of open orders, under its own id',
      ),
      ...shown(
        REPLACING,
        'an exit of another namespace that a listing leaves out is asked for, not sent again',
      ),
      ...shown(
        `${BROKERS}/bybit/spot.test.ts`,
        'a cancel looks among conditional orders when there is no such active one',
      ),
    ],
  },
  {
    number: 28,
    source: 'Kalshi starter #135, trading-gpt #94',
    report: 'whoever asks again gets a new id, and so a second order',
    cases: [
      ...shown(
        `${GATEWAY}/test/risk-facts.test.ts`,
        'the same plan under two ids in one commit becomes one trade',
      ),
      ...shown(
        'tools/e2e/venue-faults.test.ts',
        'a repeated command is refused and makes no second trade',
      ),
      ...shown(
        'services/strategy-worker/test/decisions.test.ts',
        'a bar that is decided again after a restart asks no second time',
      ),
    ],
  },
  {
    number: 29,
    source: 'stoqey/ib #195, #129, #48',
    report: 'the TWS client reconnects in a loop and cancels by ids of an earlier session',
    cases: [
      ...shown(
        `${BROKERS}/ibkr/connection.test.ts`,
        'nothing asked while down is sent later, and each login is a new one',
        'a client id in use is said, and tried again slowly',
      ),
      ...shown(`${BROKERS}/ibkr/adapter.test.ts`, 'a cancel is taken, refused, or too late'),
      ...shown(
        `${KIT}/connection-cases.ts`,
        'no order leaves while the venue cannot be reached, nor afterwards',
      ),
    ],
  },
  {
    number: 30,
    source: 'bullmq #1658, #2565',
    report: 'after Redis was away what was queued is done late, or never',
    cases: [
      ...shown(
        `${GATEWAY}/test/journal.test.ts`,
        'a command that expires during its own commit is refused, and nothing of it remains',
      ),
      ...shown(
        'packages/bus/src/commands.test.ts',
        'survives a killed Redis with nothing lost and nothing unread acknowledged',
      ),
    ],
    cannot: 'stops, sweeps and the brake wait on no queue: they live in Postgres and the gateway',
  },
  {
    number: 31,
    source: 'ccxt #26945, Finnhub #272, #378, #517',
    report: 'holes in the market data that nobody is told of',
    cases: [
      ...shown(
        'services/market-data/src/hub/pipeline.test.ts',
        'asks for the bars of an interruption and tells them once',
      ),
      ...shown(
        'packages/bus/src/market.test.ts',
        'drops the oldest beyond its limit, counts them, and readers see the gap',
      ),
      ...shown(
        'services/market-data/test/gap-watch.test.ts',
        'gaps are found in time, and a stop is one, while a venue keeps its answer',
      ),
      ...shown(
        'services/market-data/test/missing-alert.test.ts',
        'bars that stay missing are an alert, by timeframe; filled ones and other markets are not',
      ),
      ...shown(
        'packages/order-core/src/risk/rules/coverage.test.ts',
        'a known gap denies, none passes',
      ),
      ...shown(`${GATEWAY}/test/risk-facts.test.ts`, 'a ticket and %s'),
    ],
  },
];
