import { afterEach, expect, test, vi } from 'vitest';
import { reportOn } from './report.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

test('what a driver wraps in its whole query is told without the query', async () => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await reportOn(true, async () => {
    const cause = new Error('Query read timeout');
    throw new Error('Failed query: select "id" from "trades"', { cause });
  });
  expect(told).toHaveBeenCalledWith('Query read timeout\n');
  expect(JSON.parse(String(said.mock.calls[0]?.[0]))).toEqual({
    ok: false,
    error: { code: 'UNEXPECTED', message: 'Query read timeout' },
  });
  expect(process.exitCode).toBe(1);
});
