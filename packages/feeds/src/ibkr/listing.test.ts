import { parseScaled } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { describe, expect, test, vi } from 'vitest';
import { countingBudget } from '../history-server.fixture.ts';
import { fetchIbkrInstruments } from './listing.ts';
import { contractFrame, type Field, REQUEST, scriptedTws } from './scripted-tws.fixture.ts';

const WAIT = { timeout: 5_000, interval: 5 };
type Terms = Parameters<typeof contractFrame>[1];
type Answer = (id: string, symbol: string) => readonly (readonly Field[])[];

async function open(answer?: Answer) {
  const tws = await scriptedTws();
  if (answer !== undefined) {
    tws.answers.set(REQUEST.contract, ({ 2: id = '', 4: symbol = '' }) => answer(id, symbol));
  }
  const log = createLogger('ibkr-listing', 'silent');
  const warn = vi.spyOn(log, 'warn');
  const budget = countingBudget();
  const fetch = (...symbols: string[]) =>
    fetchIbkrInstruments(tws.target, symbols, { budget, log, answerMs: 200 });
  return { tws, budget, warn, fetch };
}

const told =
  (terms: Partial<Terms> = {}): Answer =>
  (id, symbol) => [
    contractFrame(id, { symbol, contractId: 11, industry: '', minTick: '0.01', ...terms }),
    [52, 1, id],
  ];

describe('the listing of IBKR', () => {
  test('describes each symbol that it is asked for, over a login of its own', async () => {
    const { tws, budget, fetch } = await open(told({ industry: 'Financial', minTick: '0.005' }));
    const found = await fetch('AAPL', 'BRK.B', 'AAPL');
    expect(found).toEqual([
      expect.objectContaining({ id: 'ibkr.stock:AAPL', baseCurrency: 'AAPL' }),
      {
        ...{ id: 'ibkr.stock:BRK.B', baseCurrency: 'BRK.B', quoteCurrency: 'USD' },
        ...{ tickSize: parseScaled('0.005'), lotSize: parseScaled('1'), minNotional: 0n },
        ...{ minQuantity: parseScaled('1'), maxQuantity: parseScaled('1000000') },
        ...{ multiplier: parseScaled('1'), sector: 'financial', session: 'us-equity' },
      },
    ]);
    const asked = tws.requests.map((fields) => [fields[0], ...fields.slice(4, 6)]);
    expect(asked).toEqual([
      [REQUEST.contract, 'AAPL', 'STK'],
      [REQUEST.contract, 'BRK B', 'STK'],
    ]);
    expect(budget.taken).toBe(2);
    await vi.waitFor(() => expect(tws.openNow()).toBe(0), WAIT);
  });

  test('makes up no line of business, and asks nothing for nothing', async () => {
    const { tws, fetch } = await open(told());
    expect(await fetch()).toEqual([]);
    expect(tws.connects()).toBe(0);
    expect(await fetch('SPY')).toMatchObject([{ sector: null }]);
  });

  test('leaves out and names what the venue does not know', async () => {
    const { fetch, warn } = await open();
    expect(await fetch('AAPL', 'GME')).toMatchObject([{ id: 'ibkr.stock:AAPL' }]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: 'HISTORY_SYMBOL_UNKNOWN', symbol: 'GME' }),
      'instrument left out',
    );
  });

  const twice: Answer = (id, symbol) => [
    ...told({ contractId: 12 })(id, symbol).slice(0, 1),
    ...told()(id, symbol),
  ];
  const refused =
    (code: number, text: string): Answer =>
    (id) => [[4, 2, id, code, text, '']];

  test.each<[string, Answer, string]>([
    ['no symbol known', refused(200, 'No security definition'), 'HISTORY_SYMBOL_UNKNOWN'],
    ['two contracts of one name', twice, 'HISTORY_SYMBOL_UNKNOWN'],
    ['no answer', () => [], 'HISTORY_UNREACHABLE'],
    ['too many messages', refused(100, 'Max rate exceeded'), 'HISTORY_RATE_LIMITED'],
    ['a refusal', refused(321, 'Error validating request'), 'HISTORY_REFUSED'],
    ['an end without a contract', (id) => [[52, 1, id]], 'HISTORY_REFUSED'],
    [
      'a contract cut short',
      (id) => [
        [10, id, 'AAPL', 'STK'],
        [52, 1, id],
      ],
      'HISTORY_REFUSED',
    ],
    ['a tick of zero', told({ minTick: 0 }), 'IBKR_CONTRACT_INVALID'],
    ['a tick that is none', told({ minTick: 'small' }), 'IBKR_CONTRACT_INVALID'],
    ['another symbol', told({ symbol: 'APPL' }), 'IBKR_CONTRACT_INVALID'],
    ['a line of business without end', told({ industry: 'x'.repeat(65) }), 'IBKR_CONTRACT_INVALID'],
  ])('fails on %s', async (_what, answer, code) => {
    const { tws, fetch } = await open(answer);
    await expect(fetch('AAPL')).rejects.toMatchObject({ code });
    await vi.waitFor(() => expect(tws.openNow()).toBe(0), WAIT);
  });

  test('fails when the connection is lost, for all that it was asked', async () => {
    const { tws, fetch } = await open((id, symbol) => {
      if (symbol === 'MSFT') tws.cut();
      return symbol === 'AAPL' ? told()(id, symbol) : [];
    });
    const failure = fetch('AAPL', 'MSFT', 'IBM', 'SPY');
    await expect(failure).rejects.toMatchObject({ code: 'HISTORY_UNREACHABLE' });
  });
});
