import type { Bar } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, onTestFinished, test } from 'vitest';
import { Hub } from '../hub/hub.ts';
import { TakerVolume } from '../microstructure/taker-volume.ts';
import { BTC } from '../quality/recorded.fixture.ts';
import type { Source } from './source.ts';
import { FeedSwitch, switchedSource } from './switched-feed.ts';
import { createUnheard } from './unheard.ts';

const MINUTE = 60_000;
const BEGIN = 1_700_000_040_000;
const log = createLogger('market-data-test', 'silent');

function source(name: 'alpaca' | 'ibkr', oneConnection: boolean): Source {
  return {
    ...{ name, oneConnection, tellsQuotes: true, keepsTrades: true, instrumentsMax: 9 },
    ...{ historyUrl: null, history: null, microstructure: null, listing: null },
    routeOf: (instrument) => ({ instrument, symbol: instrument.id }),
    open: () => ({
      source: name,
      counts: { frames: 0, events: 0, connects: 0, faults: {} },
      setRoutes: () => undefined,
      setPaused: () => undefined,
      stop: () => Promise.resolve(),
    }),
  };
}

function standby(sources: readonly Source[]) {
  let clock = BEGIN;
  const now = (): number => clock;
  const feedSwitch = new FeedSwitch();
  const switched = sources.map((one) => switchedSource(one, { feedSwitch, hasOwnKey: false, log }));
  const hub = new Hub(switched, { log, now, taker: new TakerVolume() });
  const unheard = createUnheard(switched, { hub, feedSwitch, now });
  onTestFinished(async () => {
    unheard.stop();
    await hub.stop();
  });
  hub.follow([BTC]);
  const pass = (minutes: number): void => {
    clock += minutes * MINUTE + 5_000;
    hub.pipeline.tick();
  };
  return { hub, unheard, feedSwitch, pass };
}

test('an instrument is heard by the standby when a source tells of it that both may open', () => {
  const alone = standby([source('alpaca', true)]);
  expect(alone.unheard.isHeard(BTC.id)).toBe(false);
  alone.feedSwitch.setActive(true);
  expect(alone.unheard.isHeard(BTC.id)).toBe(true);
  expect(standby([source('alpaca', true), source('ibkr', false)]).unheard.isHeard(BTC.id)).toBe(
    true,
  );
});

test('of what is not heard only the minutes are waited for that nobody has told', () => {
  const { hub, unheard, pass } = standby([source('alpaca', true)]);
  pass(20);
  const awaited = (): number[] => hub.pipeline.awaited().flatMap(({ openTimes }) => openTimes);
  expect(awaited()).toHaveLength(20);
  // The process before was there until shortly after the end of a minute whose bar it had told.
  const bar: Bar = {
    ...{ instrument: BTC.id, timeframe: '1m', openTime: BEGIN + 18 * MINUTE, open: '1', high: '1' },
    ...{ low: '1', close: '1', volume: '1', tradeCount: 1, state: 'closed', source: 'alpaca' },
    ...{ builtFrom: 'trades', missing: 0 },
  };
  hub.pipeline.wasTold([bar]);
  unheard.giveUpBefore(BEGIN + 18 * MINUTE + 1_000);
  expect(awaited()).toEqual([BEGIN + 17 * MINUTE, BEGIN + 19 * MINUTE]);
});

test('what both hear is waited for as before', () => {
  const { hub, unheard, pass } = standby([source('ibkr', false)]);
  pass(20);
  unheard.giveUpBefore(BEGIN + 18 * MINUTE);
  expect(hub.pipeline.awaited()[0]?.openTimes).toHaveLength(20);
});
