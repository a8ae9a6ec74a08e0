import { expect, test } from 'vitest';
import { runBallast } from './ballast-process.fixture.ts';

test('conformance of a venue: one object with what passed, exit 0', async () => {
  const args = ['venue', 'conformance', '--venue', 'bybit', '--case', '101,108,301'];
  const { code, object } = await runBallast({}, ...args);
  expect({ code, object }).toMatchObject({
    code: 0,
    object: {
      ok: true,
      cases: 3,
      passed: 2,
      skipped: [{ venue: 'bybit', case: 108, because: 'postOnly is true' }],
      failures: [],
    },
  });
});

test('a venue that is none, and no case at all, are wrong usage', async () => {
  const none = await runBallast({}, 'venue', 'conformance', '--venue', 'kraken');
  expect(none).toMatchObject({ code: 64, object: { ok: false, error: { code: 'USAGE' } } });
});
