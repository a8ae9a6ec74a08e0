import { expect, test } from 'vitest';
import { rawText } from './raw-text.ts';

const ours = '01936c1e000070008000000000000001e000';
const secret = 'canarySecret0123456789abcdefghijklmnopqr';

test.each([
  ['an object', { status: 'Pondering', id: ours }, `{"status":"Pondering","id":"${ours}"}`],
  ['a quoted secret', `key ${secret}.`, 'key ….'],
  ['a number of an account', { account: 'DU1234567' }, '{"account":"…"}'],
  ['nothing', undefined, 'undefined'],
  ['what has no JSON', 5n, '5'],
  ['what no database keeps', 'a\0b\ud800', 'ab\ufffd'],
])('%s', (_name, raw, text) => {
  expect(rawText(raw)).toBe(text);
});

test('a message without end is cut', () => {
  expect(rawText('é '.repeat(20_000))).toHaveLength(8_192);
});
