import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../hub/bar-builder.ts';
import { bar, M0, M1, pipeline, trade } from '../hub/pipeline.fixture.ts';
import { bybitSource } from './bybit.ts';

const M2 = M1 + MINUTE_MS;
const source = bybitSource(
  { wsUrl: 'ws://127.0.0.1:1', restUrl: 'http://127.0.0.1:1' },
  createLogger('market-data-test', 'silent'),
);

test('its bars of trades open where its own do, at the close before, and need no correction', () => {
  const { bars, feed, pass } = pipeline(source);
  const { onEvents } = feed('bybit');
  onEvents([trade('a', M0 + 1_000, { price: '2' }), trade('b', M1 + 1_000, { price: '3' })]);
  pass(M2 + 3_000);
  const own = { ...bar, openTime: M1, open: '2', high: '3', low: '2', close: '3', volume: '1' };
  onEvents([{ kind: 'bar', bar: own }]);
  expect(bars).toMatchObject([
    { openTime: M0, open: '2', state: 'closed' },
    { ...own, builtFrom: 'trades', tradeCount: 1 },
  ]);
});

test('after a takeover the first one opens at the close that was told before it', () => {
  const { made, bars, feed, pass } = pipeline(source);
  made.wasTold([{ ...bar, close: '4' }]);
  feed('bybit').onEvents([trade('a', M1 + 1_000, { price: '3' })]);
  pass(M2 + 3_000);
  expect(bars).toMatchObject([{ openTime: M1, open: '4', high: '4', low: '3', close: '3' }]);
});
