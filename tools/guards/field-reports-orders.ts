import {
  BROKERS,
  CORE,
  GATEWAY,
  type FieldReport,
  IBKR_WIRE,
  KIT,
  REPLACING,
  REPORTS,
  shown,
} from './field-report.ts';

/** Orders, fills, positions and brakes. */
export const ORDER_REPORTS: readonly FieldReport[] = [
  {
    number: 1,
    source: 'NT #4736',
    report: 'a restart invents a fill that turns the position round',
    cases: [
      ...shown(REPORTS, 'a warm restart adds no fill and no order, however often'),
      ...shown(
        `${GATEWAY}/test/recovery.test.ts`,
        'killed at any commit, and again while it recovers: one entry, each fill once, flat, explained',
      ),
    ],
  },
  {
    number: 2,
    source: 'NT #3176, #5057',
    report: 'after a restart at IBKR orders are doubled, and old ones cannot be managed',
    cases: [
      ...shown(
        `${BROKERS}/ibkr/adapter.test.ts`,
        'a spent number is the order itself when it is listed, and else a refusal',
      ),
      ...shown(
        `${KIT}/identity-cases.ts`,
        'an order can be cancelled by its client order id alone',
      ),
      ...shown(
        IBKR_WIRE,
        'the daily restart with its ids rolled back: live again, and no number is used twice',
      ),
    ],
  },
  {
    number: 3,
    source: 'NT #4958, #3879',
    report: 'a request without an answer in time counts as refused while its order lives',
    cases: shown(REPORTS, 'a request in flight past its time-out is not dead: orders do not stack'),
  },
  {
    number: 4,
    source: 'NT #3046, QuantDinger #231, #232',
    report: 'fills are booked again after a restart',
    cases: [
      ...shown(REPORTS, 'fills that are replayed after a restart are not booked again'),
      ...shown(
        `${GATEWAY}/test/journal.test.ts`,
        'a fill that comes by two channels is booked once',
      ),
    ],
  },
  {
    number: 5,
    source: 'NT #4215',
    report: 'an order is sent again although the stream has confirmed it',
    cases: shown(REPORTS, "the stream's word ends the wait: a late failure starts no retry"),
  },
  {
    number: 6,
    source: 'NT #4043',
    report: 'an exit is left over from a trade that ended during a restart, and hits the next one',
    cases: [
      ...shown(
        REPORTS,
        'death between the fill and the cancel of its sibling leaves no orphan behind',
      ),
      ...shown(
        `${GATEWAY}/test/venue.test.ts`,
        'an orphan order is cancelled once seen twice; a refusal stops no sweep',
      ),
    ],
  },
  {
    number: 7,
    source: 'LB-IB #249',
    report: 'fills of the time without a connection never arrive',
    cases: [
      ...shown(
        `${KIT}/connection-cases.ts`,
        'a broken stream is told as down and live again; the listing brings what it missed',
      ),
      ...shown(
        `${GATEWAY}/src/venue/connection.test.ts`,
        'the venue is behind until a sweep that began with a live stream is complete',
      ),
      ...shown(
        `${GATEWAY}/test/sweep.test.ts`,
        'executions that no stream told are booked by the sweep, once, whatever comes again',
      ),
      ...shown(IBKR_WIRE, 'the venue’s own line is lost and restored'),
    ],
  },
  {
    number: 8,
    source: 'LB-IB #242',
    report: 'orders leave while the venue restarts, and order numbers are given out again',
    cases: [
      ...shown(
        `${BROKERS}/ibkr/connection.test.ts`,
        'no order leaves in the quiet window, while questions do',
      ),
      ...shown('packages/db/test/ibkr-order-ids.test.ts', 'a number once given is never changed'),
      ...shown(
        `${KIT}/connection-cases.ts`,
        'the venue’s own count falls back: a new order still gets an id of its own',
      ),
    ],
  },
  {
    number: 9,
    source: 'LB-IB #227, #247',
    report: 'the nightly restart ends the engine, or leaves it running and blind',
    cases: [
      ...shown(
        `${KIT}/connection-cases.ts`,
        'the venue’s daily restart: down, live again, and what rested still rests',
      ),
      ...shown(
        `${BROKERS}/ibkr/connection.test.ts`,
        'a connection that falls silent is left for a new one',
      ),
      ...shown(
        `${BROKERS}/alpaca/trading-stream.test.ts`,
        'a quiet stream is asked to confirm, a mute one is given up',
      ),
      ...shown(
        `${GATEWAY}/test/venue-word.test.ts`,
        'while fills would be seen late no trade is opened, and an open one can be closed',
      ),
    ],
  },
  {
    number: 10,
    source: 'LB-IB #156, #136',
    report: 'what the broker or somebody else trades on the account is not seen, cash is wrong',
    cases: [
      ...shown(
        `${GATEWAY}/test/position-authority.test.ts`,
        'a fill that is not ours is booked apart once, equals the venue and freezes its instrument',
        'drift is recorded with all that may explain it, and paged once',
      ),
      ...shown(
        `${GATEWAY}/src/portfolio/balance-after-fill.test.ts`,
        'a burst of fills by the stream is followed by one look at the balance',
      ),
    ],
  },
  {
    number: 11,
    source: 'LB-TradeStation #101, PR #95',
    report: 'one fill is dropped by a healthy stream, and a flat position is liquidated for ever',
    cases: [
      ...shown(
        REPORTS,
        'a healthy stream that drops one fill: the report gives it away and it is asked for',
        'a close refused while the position was sold elsewhere is no endless loop',
      ),
      ...shown(`${KIT}/fill-cases.ts`, 'a fill that the stream drops is in the listings'),
    ],
  },
  {
    number: 12,
    source: 'LB-Alpaca #28, #41, PR #60',
    report: 'fills are missing or come twice, and a second socket takes the stream away',
    cases: [
      ...shown(REPORTS, 'an event that comes twice counts once'),
      ...shown(`${KIT}/fill-cases.ts`, 'a fill told twice has one id'),
      ...shown(
        `${BROKERS}/alpaca/trading-stream.test.ts`,
        'is live only after login and the confirmed channel, each time anew',
      ),
      ...shown(
        `${GATEWAY}/test/journal.test.ts`,
        'a second gateway fences the first: nothing of it is written any more, and it ends',
      ),
    ],
  },
  {
    number: 13,
    source: 'alpaca-py #260, #198, LB-Alpaca PR #74',
    report: 'an id is used up for ever; the end of a bracket’s leg is not streamed',
    cases: [
      ...shown(
        `${BROKERS}/alpaca/adapter.test.ts`,
        'a repeated id is an order that is there already, when it is the same order',
      ),
      ...shown(
        REPORTS,
        'a stop that the venue took away unseen is missed and replaced under a new id',
      ),
    ],
    cannot: 'legs of a venue’s bracket: none is sent (docs/decisions/0014), each exit is an order',
  },
  {
    number: 14,
    source: 'Alpaca-API #86, #105, #5',
    report: 'selling too much becomes a short without a word; paper fills more than the market had',
    cases: [
      ...shown(
        REPLACING,
        'a target that is reached is sent only for what the stop has not sold',
        'two scale-outs and a stop that trades meanwhile sell no more than was held',
      ),
      ...shown(
        `${CORE}/step.interleavings.test.ts`,
        'whatever the network does, every step keeps the promises and a whole network ends it',
      ),
      ...shown(
        'packages/sim-core/src/matcher.test.ts',
        'a resting order fills by the volume that trades at or through its price',
      ),
    ],
  },
  {
    number: 15,
    source: 'bennycode/trading-signals PR #1178',
    report: 'the HTTP client repeats the placement of an order by itself',
    cases: [
      ...shown(
        `${BROKERS}/alpaca/adapter.test.ts`,
        'a lost answer is never asked for by sending again',
      ),
      ...shown(
        `${KIT}/answer-cases.ts`,
        'a server error (${variant}) decides nothing, and the placement is not tried again',
        'over the venue’s rate: not sent, not tried again, and taken later',
      ),
    ],
  },
  {
    number: 16,
    source: 'HB #493, #601',
    report: 'a time-out counts as a failure, and the order is placed twice',
    cases: [
      ...shown(REPORTS, 'a stop whose answer is lost is asked for, never doubled'),
      ...shown(
        'tools/e2e/venue-faults.test.ts',
        'a lost answer to an executed entry makes no second order',
      ),
    ],
  },
  {
    number: 17,
    source: 'HB #7043, #7294',
    report: 'a close that is repeated opens a position; what was told as failed is filled',
    cases: [
      ...shown(
        REPORTS,
        'a close that is asked for again and again is one order, and none when flat',
      ),
      ...shown(
        `${CORE}/derive.incidents.test.ts`,
        'a fill after the entry was thought dead opens the trade again, protected',
      ),
    ],
  },
  {
    number: 18,
    source: 'HB #2664, #2642, #5826',
    report: 'local trades differ from the venue’s, and the kill switch reckons with them',
    cases: shown(
      `${GATEWAY}/test/brake.test.ts`,
      'numbers that were not reconciled neither engage nor make a peak',
      'while it is open whose fills these are, equal numbers are not reconciled ones',
      'a balance without a comparison of its own does not count',
    ),
  },
  {
    number: 19,
    source: 'HB #2534',
    report: 'the kill switch fails and orders go on',
    cases: [
      ...shown(
        `${GATEWAY}/test/brake.test.ts`,
        'a state that cannot be read denies entries, says so, and exits go on',
        'killed between engage and flat: it goes on, and no route lifts it early',
      ),
      ...shown(
        `${GATEWAY}/src/brake/braked-broker.test.ts`,
        'no entry leaves under $status; exits do',
      ),
    ],
  },
  {
    number: 20,
    source: 'FT #9128, #13332, #11461',
    report: 'an order that fills while it is replaced leaves a ghost, or is made good twice',
    cases: shown(
      REPLACING,
      'where exits must not overlap, the new one waits for the last fills of the old one',
      'whose fill crosses its cancel is not replaced at all',
      'where the venue clips exits, old and new both trade: what is sold is what was held',
      'is replaced once, however often the same move is asked for',
    ),
  },
  {
    number: 21,
    source: 'FT #10833, #8374',
    report: 'a fee in the base currency, or a partial stop, leaves more to sell than there is',
    cases: [
      ...shown(
        `${CORE}/missing-fills.test.ts`,
        'a fee in the base currency: exits are for what is left on the lot, and dust ends no trade',
      ),
      ...shown(REPORTS, 'a stop that traded in part and was ended is followed by one for the rest'),
    ],
  },
];
