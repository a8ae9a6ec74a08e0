import { instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test, vi } from 'vitest';
import { firstQuotes } from './readiness.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');

/** One instrument stays without a quote while others have had so many; a look is ten seconds. */
function waiting(quotes: number) {
  const log = createLogger('market-data-test', 'silent');
  const error = vi.spyOn(log, 'error');
  let clock = 0;
  const now = (): number => (clock += 10_000);
  const pipeline = {
    withoutQuote: () => [BTC],
    sources: () => new Map(),
    counts: () => ({ quotes }),
  };
  return { error, done: firstQuotes(pipeline, { now, log }) };
}

test('one instrument without a quote is told and does not keep the others away', async () => {
  const { error, done } = waiting(5);
  await expect(done).resolves.toBeUndefined();
  expect(error.mock.lastCall?.[1]).toContain(BTC);
});

test('a start without any quote has failed', async () => {
  await expect(waiting(0).done).rejects.toThrow(BTC);
});
