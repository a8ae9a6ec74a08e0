import type { BrokerStreamHandlers } from '@ballast/brokers';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { SYSTEM_CLOCK } from '../clock.ts';
import { connectVenue } from './connection.ts';

/** A venue whose stream and sweeps are moved by hand; sweeps run only when wanted. */
function connect() {
  const asked: { handlers: BrokerStreamHandlers | null } = { handlers: null };
  const sweeps: PromiseWithResolvers<void>[] = [];
  const never = () => Promise.reject(new Error('was not to be asked'));
  const venue = connectVenue({
    broker: {
      openStream(given) {
        asked.handlers = given;
        return { close: () => undefined };
      },
    },
    inbox: { fill: never, report: never },
    sweep() {
      const sweep = Promise.withResolvers<void>();
      sweeps.push(sweep);
      return sweep.promise;
    },
    everyMs: 3_600_000,
    clock: SYSTEM_CLOCK,
    log: createLogger('test', 'fatal'),
    count: () => undefined,
  });
  const { handlers } = asked;
  if (handlers === null) throw new Error('no stream was opened');
  /** Ends the sweep under way and lets the one that was wanted meanwhile begin. */
  const endSweep = async (): Promise<void> => {
    sweeps.at(-1)?.resolve();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { venue, handlers, endSweep, begun: () => sweeps.length };
}

test('the venue is behind until a sweep that began with a live stream is complete', async () => {
  const { venue, handlers, endSweep, begun } = connect();
  expect(venue.behind()).toMatch(/private stream/);
  handlers.onLive();
  await endSweep();
  expect(begun()).toBe(2);
  expect(venue.behind()).toMatch(/not been swept/);
  await endSweep();
  await venue.recovered();
  expect(venue.behind()).toBeNull();
});

test('a stream that breaks puts the venue behind, and a sweep from before does not end it', async () => {
  const { venue, handlers, endSweep } = connect();
  await endSweep();
  handlers.onLive();
  handlers.onDown('connection lost');
  expect(venue.behind()).toMatch(/private stream is down/);
  handlers.onLive();
  await endSweep();
  expect(venue.behind()).toMatch(/not been swept/);
  await endSweep();
  expect(venue.behind()).toBeNull();
  handlers.onDown('connection lost');
  expect(venue.behind()).toMatch(/private stream is down/);
});
