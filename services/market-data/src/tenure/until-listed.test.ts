import { InvalidInput } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test, vi } from 'vitest';
import { untilListed } from './until-listed.ts';

const log = createLogger('market-data-test', 'silent');
const unknown = new InvalidInput('LISTING_UNKNOWN', 'bybit has not told yet what it lists');

function tenure() {
  const closers: (() => Promise<void>)[] = [];
  return { add: (close: () => Promise<void>) => void closers.push(close), closers };
}

test('asks again until the listing is known, and says so each time', async () => {
  const said = vi.spyOn(log, 'error');
  const ensure = vi.fn(() => Promise.resolve());
  ensure.mockRejectedValueOnce(unknown).mockRejectedValueOnce(unknown);
  const lacked: (string | null)[] = [];
  const onLacking = (what: string | null): void => void lacked.push(what);
  await untilListed(tenure(), ensure, { log, onLacking, againMs: 1 });
  expect(lacked).toEqual([unknown.message, unknown.message, null]);
  expect(ensure).toHaveBeenCalledTimes(3);
  expect(said.mock.calls.map(([, text]) => text)).toEqual(
    Array.from({ length: 2 }, () => `${unknown.message}: nothing is streamed; asked again in 1 ms`),
  );
});

test('what asking again does not mend ends it, and the end of the tenure does', async () => {
  const wrong = new InvalidInput('INSTRUMENT_UNKNOWN', 'no NOPEUSDT');
  const options = { log, onLacking: () => undefined, againMs: 60_000 };
  await expect(untilListed(tenure(), () => Promise.reject(wrong), options)).rejects.toBe(wrong);
  const { add, closers } = tenure();
  const asked = vi.fn(() => Promise.reject(unknown));
  const asking = untilListed({ add }, asked, options);
  await vi.waitFor(() => expect(asked).toHaveBeenCalled());
  await closers[0]?.();
  await expect(asking).rejects.toThrow('aborted');
});
