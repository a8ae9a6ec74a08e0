import { instrumentId } from '@ballast/domain';
import { gateConfiguration, SAYS } from '@ballast/strategies';
import { expect, test } from 'vitest';
import { barsOf, BEGIN, FREE, HOUR, instrument, options, scripted } from './made-bars.fixture.ts';
import { runBacktest } from './run.ts';

/** Where stop and target cannot both rest, and there is a spread between bid and ask. */
const { capabilities } = options();
const reserved = { ...capabilities, exits: 'reserved' } as const;
const change = {
  ...{ capabilities: reserved, costs: { ...FREE, spread: 0.01 } },
  gates: gateConfiguration({ spreadMax: 1 }),
};
const QUIET = [100, 101, 99, 100] as const;
const MET = [100, 120, 99, 110] as const;
const BTC = instrument();
const model = scripted({ 0: SAYS.enterLong });

test('a target that the bar reaches is filled, and does not rest without a stop', () => {
  const bars = barsOf([QUIET, QUIET, MET, [110, 111, 50, 60]]);
  const { trades } = runBacktest(
    [{ instrument: BTC, timeframe: '1h', bars, model }],
    options(change),
  );
  expect(trades).toMatchObject([{ exit: 'target', exitPrice: 120, leftAt: BEGIN + 2 * HOUR }]);
});

test('so it is with bars of a day, whose session opens long after they do', () => {
  const id = instrumentId('alpaca', 'stock', 'AAA');
  const stock = { ...BTC, id, session: 'us-equity', sector: null } as const;
  const days = [18, 19, 20, 21].map((day) => Date.UTC(2025, 7, day));
  const bars = { ...barsOf([QUIET, QUIET, MET, QUIET]), openTime: Float64Array.from(days) };
  const markets = [{ market: 'alpaca.stock', endings: null }] as const;
  const { trades } = runBacktest(
    [{ instrument: stock, timeframe: '1d', bars, model }],
    options({ ...change, capabilities: { ...reserved, markets } }),
  );
  const [enteredAt, leftAt] = [19, 20].map((day) => Date.UTC(2025, 7, day, 13, 30));
  expect(trades).toMatchObject([{ exit: 'target', exitPrice: 120, enteredAt, leftAt }]);
});
