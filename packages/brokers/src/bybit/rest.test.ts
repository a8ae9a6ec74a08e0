import { describe, expect, test } from 'vitest';
import { allPages, answered, orderParams } from './rest.ts';
import { limitAt, requestOf, stopAt } from './sample-messages.fixture.ts';

describe('orderParams', () => {
  test.each(['buy', 'sell'] as const)('market, limit and stop of a %s', (side) => {
    const venueSide = side === 'buy' ? 'Buy' : 'Sell';
    const market = orderParams(requestOf({ side }), 'linear');
    expect(market).toMatchObject({ side: venueSide, orderType: 'Market', qty: '0.1' });
    expect(market).toMatchObject({ timeInForce: 'IOC', reduceOnly: false, positionIdx: 0 });
    expect(market).not.toHaveProperty('price');
    const limit = orderParams(
      requestOf({ side, reduceOnly: true, kind: limitAt('50000.10') }),
      'linear',
    );
    expect(limit).toMatchObject({ orderType: 'Limit', price: '50000.1', timeInForce: 'GTC' });
    expect(limit).toMatchObject({ reduceOnly: true });
    expect(orderParams(requestOf({ side, kind: stopAt('49500') }), 'linear')).toMatchObject({
      orderType: 'Market',
      triggerPrice: '49500',
      triggerDirection: side === 'buy' ? 1 : 2,
    });
  });
});

const answer = (result: unknown) => Promise.resolve({ retCode: 0, retMsg: 'OK', result });

describe('allPages', () => {
  test('reads to the last page, each with the cursor of the one before', async () => {
    const asked: (string | undefined)[] = [];
    const rows = await allPages(({ cursor }) => {
      asked.push(cursor);
      const next = asked.length < 3 ? `c${asked.length}` : '';
      return answer({ list: [asked.length], nextPageCursor: next });
    });
    expect(rows).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'c1', 'c2']);
  });

  test('an empty page is the last one, whatever its cursor says', async () => {
    let asked = 0;
    const rows = await allPages(() => {
      asked += 1;
      return answer({ list: asked < 3 ? [asked] : [], nextPageCursor: `c${asked}` });
    });
    expect(rows).toEqual([1, 2]);
    expect(asked).toBe(3);
  });

  test('a week of an account that trades much is read to its end', async () => {
    let asked = 0;
    const rows = await allPages(() => {
      asked += 1;
      return answer({ list: [asked], nextPageCursor: asked < 80 ? `c${asked}` : '' });
    });
    expect(rows).toHaveLength(80);
  });

  test('a cursor without an end is an error', async () => {
    const endless = allPages(() => answer({ list: [1], nextPageCursor: 'again' }));
    await expect(endless).rejects.toMatchObject({ code: 'CURSOR_ENDLESS' });
  });

  test.each([[null], [{}], [{ list: [] }], [{ list: 'a', nextPageCursor: '' }]])(
    'an answer %j proves nothing',
    async (result) => {
      const expected = { name: 'BrokerError', kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' };
      await expect(allPages(() => answer(result))).rejects.toMatchObject(expected);
    },
  );
});

test.each(['{"retMsg":"busy"}', '{"0":"<"}', '{"retCode":"0","retMsg":"no"}'])(
  'an answer without a return code is no refusal: %s',
  async (text) => {
    const call = answered(Promise.resolve(JSON.parse(text)));
    await expect(call).rejects.toMatchObject({ kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' });
  },
);
