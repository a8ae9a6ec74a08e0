import { expect, test } from 'vitest';
import { readable } from './readable.ts';

test.each([
  ['5706272.4712 USDT', '5,706,272.47 USDT'],
  ['1999.9940431898 USDT (2 % of equity)', '1,999.99 USDT (2 % of equity)'],
  ['stop 94645.1, entry 96577.6', 'stop 94,645.1, entry 96,577.6'],
  ['14935 ms old', '14,935 ms old'],
  ['0.051', '0.051'],
  ['2.34812345', '2.34812345'],
  ['trade 01a1fc61-1788-74ed-8c68-2d24311b55f9', 'trade 01a1fc61-1788-74ed-8c68-2d24311b55f9'],
])('%s reads %s', (text, read) => {
  expect(readable(text)).toBe(read);
});
