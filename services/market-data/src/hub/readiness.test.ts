import { instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test, vi } from 'vitest';
import { untilReady } from './readiness.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const IBM = instrumentId('alpaca', 'stock', 'IBM');
const REASON = 'connect ECONNREFUSED';

/** Two instruments stay without a quote; a look is five seconds. */
function waiting({ heard = true, lacking = null }: { heard?: boolean; lacking?: string | null }) {
  const log = createLogger('market-data-test', 'silent');
  const error = vi.spyOn(log, 'error');
  let clock = 0;
  const now = (): number => (clock += 5_000);
  const told = { state: 'down', reason: REASON, since: 0, lastDataAt: 0 } as const;
  const pipeline = {
    withoutQuote: () => [BTC, IBM],
    sources: () => new Map([['bybit', told] as const]),
  };
  const isHeard = (id: string): boolean => heard && id === BTC;
  const done = untilReady(pipeline, { lacks: () => lacking, isHeard, now, log });
  return { error, done };
}

test('a start while the venues are away goes on, and says what is wrong', async () => {
  const { error, done } = waiting({});
  const problem = await done;
  expect(problem).toBe(`no quote yet for ${BTC}; bybit is down (${REASON})`);
  expect(error).toHaveBeenCalledExactlyOnceWith({ code: 'NOT_READY' }, problem);
});

test('what is not heard here is not waited for', async () => {
  const { error, done } = waiting({ heard: false });
  expect(await done).toBeNull();
  expect(error).not.toHaveBeenCalled();
});

test('a process that lacks what it must have before it begins says so, quotes or not', async () => {
  const lacking = 'no venue has told what it lists';
  const problem = await waiting({ heard: false, lacking }).done;
  expect(problem).toBe(`${lacking}; bybit is down (${REASON})`);
});
