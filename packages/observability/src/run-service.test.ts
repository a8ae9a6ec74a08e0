import { expect, test } from 'vitest';
import { runChild } from './child-process.fixture.ts';

const TWO_CLOSERS = `
  ballast.runService('test', async ({ log, onClose, fail }) => {
    onClose(() => log.info('closed first'), 'first');
    onClose(async () => { await null; log.info('closed second'); }, 'second');
    setInterval(() => {}, 1000);
    process.on('message', (text) => {
      if (text === 'fail') fail(new Error('fence lost'));
      if (text === 'throw') throw new Error('surprise');
    });
    return { port: 7 };
  });`;

function messages(lines: Record<string, unknown>[]): unknown[] {
  return lines.map((line) => line['msg']);
}

test('says ready with its information, and SIGTERM closes in reverse order', async () => {
  const service = runChild(TWO_CLOSERS);
  expect(await service.message()).toEqual({ type: 'ready', port: 7 });
  service.child.kill('SIGTERM');
  expect(await service.closed).toBe(0);
  expect(messages(service.lines())).toEqual([
    'ready',
    'stopping',
    'closed second',
    'closed first',
    'stopped',
  ]);
});

test('closes when its launcher is gone', async () => {
  const service = runChild(TWO_CLOSERS);
  await service.message();
  service.child.disconnect();
  expect(await service.closed).toBe(0);
  expect(messages(service.lines())).toContain('closed first');
});

test('leaves the SIGINT of a terminal to its launcher', async () => {
  const service = runChild(TWO_CLOSERS);
  await service.message();
  service.child.kill('SIGINT');
  service.child.kill('SIGTERM');
  expect(await service.closed).toBe(0);
  expect(service.lines().find((line) => line['msg'] === 'stopping')).toMatchObject({
    reason: 'SIGTERM',
  });
});

test('fail() closes everything and exits 1', async () => {
  const service = runChild(TWO_CLOSERS);
  await service.message();
  service.child.send('fail');
  expect(await service.closed).toBe(1);
  expect(messages(service.lines())).toContain('closed first');
  expect(service.stderr()).toContain('fence lost');
});

test('an uncaught error is logged and exits 1 without closing anything', async () => {
  const service = runChild(TWO_CLOSERS);
  await service.message();
  service.child.send('throw');
  expect(await service.closed).toBe(1);
  expect(service.stderr()).toContain('surprise');
  expect(messages(service.lines())).not.toContain('closed first');
});

test('an error while starting closes what was opened and exits 1', async () => {
  const service = runChild(`
    ballast.runService('test', async ({ log, onClose }) => {
      onClose(() => log.info('closed first'), 'first');
      throw new Error('no store');
    });`);
  expect(await service.closed).toBe(1);
  expect(messages(service.lines())).toEqual([
    'service failed',
    'stopping',
    'closed first',
    'stopped',
  ]);
});

test('a closer that hangs is named when the budget of 5 s ends', async () => {
  const service = runChild(`
    ballast.runService('test', async ({ onClose }) => {
      onClose(() => new Promise(() => {}), 'the stuck one');
      return {};
    });`);
  await service.message();
  service.child.kill('SIGTERM');
  expect(await service.closed).toBe(1);
  expect(service.lines().at(-1)).toMatchObject({ closing: 'the stuck one', budgetMs: 5000 });
}, 15_000);

test('serves health and metrics on the port of BALLAST_HEALTH_PORT', async () => {
  const service = runChild(
    `ballast.runService('test', async ({ metrics }) => {
       metrics.counter('ticks_total', 'ticks', ['venue']).inc({ venue: 'bybit' }, 3);
       return { counts: await metrics.counts() };
     });`,
    { BALLAST_HEALTH_PORT: '0' },
  );
  const ready = await service.message();
  expect(ready).toMatchObject({ counts: { 'ticks_total{venue=bybit}': 3 } });
  const port = Object(ready)['healthPort'];
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(await health.json()).toMatchObject({ ok: true, service: 'test' });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain('ticks_total{venue="bybit",service="test"} 3');
  service.child.kill('SIGTERM');
  expect(await service.closed).toBe(0);
});

test('a faulty port of its own is a configuration error', async () => {
  const service = runChild(TWO_CLOSERS, { BALLAST_HEALTH_PORT: 'x' });
  expect(await service.closed).toBe(78);
  expect(service.stderr()).toContain('BALLAST_HEALTH_PORT');
});
