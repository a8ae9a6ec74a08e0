import { type Bar, instrumentId } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { HeldBars } from './held-bars.ts';
import { ToldBars } from './told.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');
const M0 = 1_700_000_040_000;
const MINUTE = 60_000;

function bar(minute: number, volume: string, change: Partial<Bar> = {}): Bar {
  return {
    ...{ instrument: BTC, timeframe: '1m', openTime: M0 + minute * MINUTE, open: '1', high: '1' },
    ...{ low: '1', close: '1', volume, tradeCount: 1, state: 'closed', source: 'ibkr' },
    ...{ builtFrom: 'trades', missing: 0, ...change },
  };
}
const corrected = (minute: number, volume: string, change: Partial<Bar> = {}): Bar =>
  bar(minute, volume, { state: 'corrected', ...change });

const short = ({ openTime, volume, state, source }: Bar): string =>
  `${(openTime - M0) / MINUTE} ${volume} ${state} ${source}`;

function takenOver(held: readonly Bar[], told: readonly Bar[], goneBefore = 0) {
  const bars = new HeldBars();
  for (const one of held) bars.hold(one, M0, M0);
  const { published, stored } = bars.takeOver(
    new ToldBars(told),
    (_, heldAt) => heldAt < goneBefore,
  );
  return { published: published.map(short), stored: stored.map(short) };
}

describe('of a minute that was told', () => {
  test('that counts, also where nothing was held, or other numbers of another source', () => {
    const told = [
      bar(0, '1'),
      bar(1, '1', { source: 'alpaca' }),
      corrected(1, '2', { source: 'alpaca' }),
      bar(2, '1', { source: 'alpaca' }),
    ];
    expect(takenOver([bar(1, '9'), bar(2, '8'), corrected(2, '9')], told)).toEqual({
      published: [],
      stored: ['0 1 closed ibkr', '1 2 corrected alpaca', '2 1 closed alpaca'],
    });
  });

  test('what the same source was found to have said is a correction, and told once', () => {
    const held = [bar(0, '1'), corrected(0, '2'), corrected(0, '3'), bar(1, '5'), bar(2, '7')];
    const told = [bar(0, '1'), corrected(0, '2'), bar(1, '4'), bar(2, '6'), corrected(2, '7')];
    const better = ['0 3 corrected ibkr', '1 5 corrected ibkr'];
    expect(takenOver(held, told)).toEqual({
      published: better,
      stored: ['0 2 corrected ibkr', '1 4 closed ibkr', '2 7 corrected ibkr', ...better],
    });
  });

  test('a correction that was taken back since is corrected once more', () => {
    const told = [bar(0, '1'), corrected(0, '2')];
    const takenBack = [bar(0, '1'), corrected(0, '2'), corrected(0, '1')];
    expect(takenOver(takenBack, told).published).toEqual(['0 1 corrected ibkr']);
    expect(takenOver([bar(0, '1')], told).published, 'it has not come here').toEqual([]);
  });

  test('another source corrects it where it has fallen silent here too', () => {
    const alpaca = { source: 'alpaca' } as const;
    const held = [bar(0, '1', alpaca), corrected(0, '9')];
    expect(takenOver(held, [bar(0, '1', alpaca)]).published).toEqual(['0 9 corrected ibkr']);
  });

  test("a source's own bar is not corrected by what was made of its trades", () => {
    const own = { builtFrom: 'venue' } as const;
    expect(takenOver([corrected(0, '2')], [bar(0, '1', own)]).published).toEqual([]);
    expect(takenOver([corrected(0, '2', own)], [bar(0, '1', own)]).published).toEqual([
      '0 2 corrected ibkr',
    ]);
  });
});

describe('of a minute that nobody told', () => {
  test('what was said last goes out, as the first word of it, oldest minute first', () => {
    const held = [bar(2, '1'), bar(1, '1'), corrected(1, '2')];
    const all = ['1 2 closed ibkr', '2 1 closed ibkr'];
    expect(takenOver(held, [bar(3, '1', { instrument: ETH })])).toEqual({
      published: all,
      stored: ['3 1 closed ibkr', ...all],
    });
  });

  test('it is only stored where a later one was told, or what was told is lost', () => {
    expect(takenOver([corrected(0, '2')], [bar(1, '1')])).toEqual({
      published: [],
      stored: ['1 1 closed ibkr', '0 2 closed ibkr'],
    });
    const held = [bar(0, '1'), corrected(0, '2')];
    expect(takenOver(held, [], M0 + 1)).toEqual({ published: [], stored: ['0 2 closed ibkr'] });
  });
});

test('what was let out and is on no stream is older than what was built since', () => {
  const bars = new HeldBars();
  bars.hold(corrected(0, '2'), M0, M0);
  bars.takeBack([bar(0, '1')], M0 + 1);
  const { published } = bars.takeOver(new ToldBars([]), () => false);
  expect(published.map(short)).toEqual(['0 2 closed ibkr']);
});

test('what is too old is let go of, and nothing is held after a takeover', () => {
  const bars = new HeldBars();
  bars.hold(bar(0, '1'), M0, M0);
  bars.takeBack([bar(1, '1')], M0);
  bars.hold(bar(2, '1'), M0 + 10, M0);
  bars.forget(M0 + 10);
  const { published } = bars.takeOver(new ToldBars([]), () => false);
  expect(published.map(short)).toEqual(['2 1 closed ibkr']);
  expect(bars.takeOver(new ToldBars([]), () => false).stored).toEqual([]);
});

test('those for which there is no room are named by the first and the last', () => {
  const bars = new HeldBars();
  const fill = (activeAt: number): void => {
    for (let minute = 0; minute <= 100_000; minute += 1) {
      bars.hold(bar(minute, '1'), M0 - 1 + minute, activeAt);
    }
  };
  fill(M0);
  expect(bars.notHeld, 'one was held while there was another').toBe(50_000);
  expect(bars.takeLost().map(short)).toEqual(['1 1 closed ibkr', '50000 1 closed ibkr']);
  expect(bars.takeLost()).toEqual([]);
  fill(M0);
  bars.activeElsewhere();
  expect(bars.takeLost(), 'another has told them').toEqual([]);
});
