import type { Feed, FeedHandlers } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { IBM } from '../quality/recorded.fixture.ts';
import type { Source } from './source.ts';
import { FeedSwitch, LEFT_TO_ACTIVE, switchedSource } from './switched-feed.ts';

const log = createLogger('market-data-test', 'silent');
const ROUTES = [{ instrument: IBM, symbol: 'IBM' }];

/** A source whose connections are lists of what was asked of them. */
function scripted(options: { oneConnection: boolean; hasOwnKey?: boolean }) {
  const opened: { asked: string[]; handlers: FeedHandlers }[] = [];
  const source: Source = {
    ...{ name: 'alpaca', tellsQuotes: true, keepsTrades: true, instrumentsMax: 9 },
    ...{ historyUrl: null, history: null, microstructure: null, listing: null },
    oneConnection: options.oneConnection,
    routeOf: () => null,
    open(routes, handlers): Feed {
      const asked = [`open ${routes.map(({ symbol }) => symbol).join()}`];
      opened.push({ asked, handlers });
      handlers.onState('connecting', 'start');
      return {
        source: 'alpaca',
        counts: { frames: 1, events: 2, connects: 1, faults: { FEED_CONNECTION_LIMIT: 1 } },
        setRoutes: (next) => void asked.push(`routes ${next.length}`),
        setPaused: (paused) => void asked.push(`paused ${paused}`),
        stop: () => Promise.resolve(void asked.push('stop')),
      };
    },
  };
  const feedSwitch = new FeedSwitch();
  const { hasOwnKey = false } = options;
  const states: string[] = [];
  let events = 0;
  const feed = switchedSource(source, { feedSwitch, hasOwnKey, log }).open(ROUTES, {
    onState: (state, reason) => states.push(`${state} ${reason}`),
    onEvents: () => (events += 1),
  });
  return { feedSwitch, feed, opened, states, told: () => events };
}

test('of a key that takes one connection the active process alone makes use', async () => {
  const { feedSwitch, feed, opened, states, told } = scripted({ oneConnection: true });
  expect([opened, states]).toEqual([[], [`down ${LEFT_TO_ACTIVE}`]]);
  feed.setRoutes([...ROUTES, ...ROUTES]);
  feed.setPaused(true);
  feedSwitch.setActive(true);
  expect(opened.map(({ asked }) => asked)).toEqual([['open IBM,IBM', 'paused true']]);
  opened[0]?.handlers.onEvents([]);
  feedSwitch.setActive(false);
  // What the connection still tells is not heard.
  opened[0]?.handlers.onEvents([]);
  opened[0]?.handlers.onState('live', 'data');
  expect(told()).toBe(1);
  expect(opened[0]?.asked.at(-1)).toBe('stop');
  expect(states.at(-1)).toBe(`down ${LEFT_TO_ACTIVE}`);
  feedSwitch.setActive(true);
  expect(feed.counts).toMatchObject({ connects: 2, faults: { FEED_CONNECTION_LIMIT: 2 } });
  await feed.stop();
  feedSwitch.setActive(false);
  feedSwitch.setActive(true);
  expect(opened).toHaveLength(2);
});

test.each([{ oneConnection: false }, { oneConnection: true, hasOwnKey: true }])(
  'with %o both hear, and what is down is tried at once when the lease is gained',
  (options) => {
    const { feedSwitch, opened } = scripted(options);
    expect(opened).toHaveLength(1);
    feedSwitch.setActive(true);
    expect(opened.map(({ asked }) => asked)).toEqual([['open IBM']]);
    feedSwitch.setActive(false);
    opened[0]?.handlers.onState('down', 'FEED_CONNECTION_LIMIT');
    feedSwitch.setActive(true);
    expect(opened.map(({ asked }) => asked)).toEqual([['open IBM', 'stop'], ['open IBM']]);
  },
);
