import type { CommandStatus } from '@ballast/dashboard-server/api';
import { expect, test } from 'vitest';
import { type Asking, askUntilTaken, type AskTools } from './ask-until-taken.ts';

const LIFE_MS = 8_000;
const QUEUED: CommandStatus = { status: 'queued', expiresAt: 0 };
const TAKEN: CommandStatus = { status: 'accepted', at: 1, tradeId: null };

/** A page whose time is moved by its own pauses; `status` answers by number of the ask. */
function page(status: (ask: number, now: number) => CommandStatus, change: Partial<AskTools> = {}) {
  const shown: Asking[] = [];
  const ids: string[] = [];
  const stop = new AbortController();
  let time = 0;
  const tools: AskTools = {
    newId: () => `command-${ids.length + 1}`,
    async send(commandId) {
      ids.push(commandId);
      return { commandId, issuedAt: time, expiresAt: time + LIFE_MS };
    },
    statusOf: async (commandId) => status(Number(commandId.slice('command-'.length)), time),
    isFinal: () => false,
    now: () => time,
    async pause(ms) {
      time += ms;
      if (time > 600_000) throw new Error('asks without end');
    },
    show: (asking) => shown.push(asking),
    signal: stop.signal,
    ...change,
  };
  return { tools, shown, ids, stop, now: () => time };
}

test('a gateway that is away is asked anew, each time by a command of its own', async () => {
  const { tools, shown, ids, now } = page((_, at) => (at < 30_000 ? QUEUED : TAKEN));
  expect(await askUntilTaken(tools)).toMatchObject({ state: 'taken', fault: null });
  expect(ids).toEqual(['command-1', 'command-2', 'command-3', 'command-4']);
  expect(now()).toBeLessThan(31_000);
  expect(shown).toContainEqual(
    expect.objectContaining({ state: 'asking', asks: 2, fault: 'nobody has taken it' }),
  );
});

test('one asked before that is taken late ends the asking', async () => {
  const { tools } = page((ask, at) => (ask === 1 && at > 15_000 ? TAKEN : QUEUED));
  const done = await askUntilTaken(tools);
  expect(done).toMatchObject({ state: 'taken', asks: 2, sent: { commandId: 'command-1' } });
});

test('a gateway that comes back too late for a command is asked again at once', async () => {
  const late: CommandStatus = { status: 'refused', at: 1, code: 'COMMAND_EXPIRED', detail: '' };
  const { tools, now } = page((ask) => (ask === 1 ? late : TAKEN));
  expect(await askUntilTaken(tools)).toMatchObject({ state: 'taken', asks: 2 });
  expect(now()).toBe(0);
});

test('a server that is away is asked again; what it will never take is not', async () => {
  let failures = 3;
  const ids: string[] = [];
  const away = page(() => TAKEN, {
    async send(commandId) {
      ids.push(commandId);
      failures -= 1;
      if (failures >= 0) throw new Error('fetch failed');
      return { commandId, issuedAt: 0, expiresAt: LIFE_MS };
    },
  });
  expect(await askUntilTaken(away.tools)).toMatchObject({ state: 'taken', asks: 4 });
  expect(away.shown).toContainEqual(expect.objectContaining({ fault: 'fetch failed' }));
  const ended = page(() => TAKEN, {
    send: () => Promise.reject(new Error('UNAUTHORIZED')),
    isFinal: () => true,
  });
  expect(await askUntilTaken(ended.tools)).toMatchObject({ state: 'refused', asks: 1 });
});

test('a refusal ends it, and so does the operator', async () => {
  const no: CommandStatus = { status: 'refused', at: 1, code: 'ACTOR_UNKNOWN', detail: 'd' };
  expect(await askUntilTaken(page(() => no).tools)).toMatchObject({ state: 'refused', asks: 1 });
  const stopped = page((ask) => {
    if (ask === 3) stopped.stop.abort();
    return QUEUED;
  });
  expect(await askUntilTaken(stopped.tools)).toMatchObject({ state: 'stopped', asks: 3 });
  expect(stopped.ids).toHaveLength(3);
});
