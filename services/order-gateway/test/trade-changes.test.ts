import { audit, commandRefusals, commands, trades } from '@ballast/db';
import { type ClientOrderId, formatQuantity, parsePrice, type TradeId } from '@ballast/domain';
import { openQuantity, ordersOf, type Trade } from '@ballast/order-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import {
  asWork,
  changeCommand,
  ETH,
  fillOf,
  openCommand,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

let database: TestDatabase;
let gateway: TestGateway;

beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await queryOnce(
    database.ownerUrl,
    `TRUNCATE trades, trade_events, orders, fills, positions, outbox, audit, commands,
       command_refusals, incidents, gateway_fences, brake_states CASCADE`,
  );
  gateway = await startGateway(database.urls['order-gateway']);
});
afterEach(() => gateway.close());

type Change = Parameters<typeof changeCommand>[0];

function tradeOf(id: TradeId): Trade {
  const trade = gateway.journal.book.trades.get(id);
  if (trade === undefined) throw new Error(`no live trade ${id}`);
  return trade;
}

async function accept(tradeId: TradeId, clientOrderId: ClientOrderId): Promise<void> {
  const input = { type: 'submitAccepted', at: Date.now(), clientOrderId } as const;
  const venueOrderId = `v-${clientOrderId}`;
  await gateway.journal.write({ type: 'input', tradeId, input: { ...input, venueOrderId } });
}

/** A trade whose entry waits at the venue. */
async function entering(change: Parameters<typeof openCommand>[0] = {}): Promise<TradeId> {
  const command = openCommand(change);
  await gateway.journal.write(asWork(command));
  const tradeId = tradeIdOf(command);
  for (const { request } of ordersOf(tradeOf(tradeId), 'entry')) {
    await accept(tradeId, request.clientOrderId);
  }
  return tradeId;
}

/** A long trade of 0.1 entered at 50000.1, with its stop at 49500 and its target working. */
async function opened(): Promise<TradeId> {
  const tradeId = await entering();
  const [entry] = ordersOf(tradeOf(tradeId), 'entry');
  const fill = fillOf(entry?.request.clientOrderId ?? '', '0.1');
  await gateway.journal.write({
    type: 'input',
    tradeId,
    input: { type: 'fill', at: Date.now(), fill },
  });
  for (const role of ['stop', 'target'] as const) {
    for (const { request } of ordersOf(tradeOf(tradeId), role)) {
      await accept(tradeId, request.clientOrderId);
    }
  }
  return tradeId;
}

/** Gives the refusal of the command, null when it was carried out. */
async function ask(type: Change, body: object): Promise<{ code: string; detail: string } | null> {
  const command = changeCommand(type, body);
  await gateway.journal.write(asWork(command));
  const rows = await gateway.db.select().from(commandRefusals);
  return rows.find(({ commandId }) => commandId === command.id) ?? null;
}

describe('a stop', () => {
  test('is replaced: the new one first, the old one cancelled once the new one works', async () => {
    const tradeId = await opened();
    const before = gateway.effects.length;
    expect(await ask('moveStop', { tradeId, level: '49800' })).toBeNull();
    const [submit] = gateway.effects.slice(before);
    if (submit?.effect.type !== 'submit') throw new Error('no new stop was asked for');
    expect(submit.effect.order).toMatchObject({
      role: 'stop',
      kind: { type: 'stop', triggerPrice: parsePrice('49800') },
    });
    await accept(tradeId, submit.effect.order.clientOrderId);
    const [cancel] = gateway.effects.slice(before + 1);
    expect(cancel?.effect).toMatchObject({ type: 'cancel' });
    expect(tradeOf(tradeId).stopLevel).toBe(parsePrice('49800'));
  });

  test('goes to the entry price, on the tick', async () => {
    const tradeId = await opened();
    // The market stands at 50000, below the entry at 50000.1.
    expect(await ask('moveStop', { tradeId, level: 'breakEven' })).toMatchObject({
      code: 'STOP_BEYOND_MARKET',
    });
    gateway.setQuote({ bid: '50100', ask: '50100.2', last: '50100.1' });
    expect(await ask('moveStop', { tradeId, level: 'breakEven' })).toBeNull();
    expect(tradeOf(tradeId).stopLevel).toBe(parsePrice('50000.1'));
  });

  test.each([
    ['STOP_OFF_TICK', '49800.05'],
    ['STOP_LOOSENED', '49499.9'],
    ['STOP_BEYOND_MARKET', '49999.9'],
    ['STOP_BEYOND_MARKET', '50000'],
  ])('%s: %s', async (code, level) => {
    const tradeId = await opened();
    const before = gateway.effects.length;
    const refused = await ask('moveStop', { tradeId, level });
    expect(refused).toMatchObject({ code, detail: expect.stringContaining(`moveStop: ${level}`) });
    expect(gateway.effects).toHaveLength(before);
    expect(tradeOf(tradeId).stopLevel).toBe(parsePrice('49500'));
  });

  test('stays while there is no quote, or only an old one, to judge the new level by', async () => {
    const tradeId = await opened();
    gateway.setQuote({ receivedTime: Date.now() - 5_500 });
    const refused = { code: 'STOP_BEYOND_MARKET', detail: expect.stringContaining('no fresh') };
    expect(await ask('moveStop', { tradeId, level: '49800' })).toMatchObject(refused);
    gateway.setQuote({ bid: '', ask: '', last: '' });
    expect(await ask('moveStop', { tradeId, level: '49800' })).not.toBeNull();
  });

  test('of an entry that waits is judged by that entry', async () => {
    const entry = { type: 'stop', triggerPrice: '50500' } as const;
    const tradeId = await entering({
      plan: { entry, takeProfit: { style: 'single', target: '51500' } },
    });
    expect(await ask('moveStop', { tradeId, level: '50500' })).toMatchObject({
      code: 'STOP_BEYOND_MARKET',
    });
    expect(await ask('moveStop', { tradeId, level: 'breakEven' })).toMatchObject({
      code: 'NOTHING_OPEN',
    });
    expect(await ask('moveStop', { tradeId, level: '50200' })).toBeNull();
  });
});

describe('scaling out', () => {
  const closing = (tradeId: TradeId): string[] =>
    ordersOf(tradeOf(tradeId), 'close').map(({ request }) => formatQuantity(request.quantity));

  test('closes a quantity, or a share of what is open rounded down to the lot', async () => {
    const tradeId = await opened();
    expect(await ask('scaleOut', { tradeId, quantity: '0.03' })).toBeNull();
    expect(closing(tradeId)).toEqual(['0.03']);
    // A third of the 0.07 that is left.
    expect(await ask('scaleOut', { tradeId, fraction: '0.3333' })).toBeNull();
    expect(formatQuantity(tradeOf(tradeId).scaleOutCum)).toBe('0.053');
  });

  test('never takes more than is open and not yet leaving', async () => {
    const tradeId = await opened();
    await ask('scaleOut', { tradeId, quantity: '0.06' });
    expect(await ask('scaleOut', { tradeId, quantity: '0.05' })).toMatchObject({
      code: 'QUANTITY_ABOVE_OPEN',
      detail: 'scaleOut: 0.05 of 0.04',
    });
    expect(await ask('scaleOut', { tradeId, fraction: '1' })).toBeNull();
    expect(await ask('scaleOut', { tradeId, fraction: '1' })).toMatchObject({
      code: 'NOTHING_OPEN',
    });
  });

  test.each([
    ['off the lot', { quantity: '0.0305' }],
    ['a share below one lot', { fraction: '0.001' }],
  ])('%s is refused', async (_what, part) => {
    const tradeId = await opened();
    expect(await ask('scaleOut', { tradeId, ...part })).toMatchObject({ code: 'QUANTITY_OFF_LOT' });
    expect(closing(tradeId)).toEqual([]);
  });

  test('of an entry that waits is refused', async () => {
    const tradeId = await entering();
    expect(await ask('scaleOut', { tradeId, quantity: '0.05' })).toMatchObject({
      code: 'NOTHING_OPEN',
    });
  });
});

test('an entry is cancelled once; there is none to cancel in an open trade', async () => {
  const waiting = await entering({ instrument: ETH });
  const before = gateway.effects.length;
  expect(await ask('cancelEntry', { tradeId: waiting })).toBeNull();
  expect(gateway.effects.slice(before).map(({ effect }) => effect.type)).toEqual(['cancel']);
  const again = await ask('cancelEntry', { tradeId: waiting });
  expect(again).toMatchObject({ code: 'NO_ENTRY_WORKING' });
  const open = await opened();
  expect(await ask('cancelEntry', { tradeId: open })).toMatchObject({ code: 'NO_ENTRY_WORKING' });
});

test('a trade that is not there, has ended or closes already takes no change', async () => {
  const [denied, open] = [openCommand({ quantity: '0.0005' }), await opened()];
  await gateway.journal.write(asWork(denied));
  await ask('closeTrade', { tradeId: open });
  const changes = { moveStop: { level: '49800' }, scaleOut: { fraction: '0.5' }, cancelEntry: {} };
  const unknown = '01890000-0000-7000-8000-000000000001';
  for (const [type, body] of Object.entries(changes) as [keyof typeof changes, object][]) {
    const codeOf = async (tradeId: string) => (await ask(type, { tradeId, ...body }))?.code;
    expect(await codeOf(unknown), type).toBe('TRADE_UNKNOWN');
    expect(await codeOf(tradeIdOf(denied)), type).toBe('TRADE_ENDED');
    expect(await codeOf(open), type).toBe('TRADE_CLOSING');
  }
});

test('close all closes what is open and cancels what waits, in one commit that is audited', async () => {
  const held = await opened();
  const waiting = await entering({ instrument: ETH });
  const before = gateway.journal.book.auditHead.seq;
  const command = changeCommand('closeAll', { reason: 'leaving' });
  const effectsBefore = gateway.effects.length;
  await gateway.journal.write(asWork(command));
  const made = gateway.effects.slice(effectsBefore);
  expect(made).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        tradeId: held,
        effect: expect.objectContaining({
          type: 'submit',
          order: expect.objectContaining({ role: 'close', quantity: openQuantity(tradeOf(held)) }),
        }),
      }),
      expect.objectContaining({
        tradeId: waiting,
        effect: expect.objectContaining({ type: 'cancel' }),
      }),
    ]),
  );
  for (const id of [held, waiting]) {
    expect(tradeOf(id).closing).toMatchObject({ reason: 'operator: leaving' });
  }
  const rows = (await gateway.db.select().from(audit))
    .filter(({ seq }) => seq > before)
    .toSorted((a, b) => a.seq - b.seq);
  expect(rows[0]).toMatchObject({ kind: 'command', data: { id: command.id, type: 'closeAll' } });
  expect(rows[1]).toMatchObject({ kind: 'closeAll', data: { reason: 'operator: leaving' } });
  expect(rows[1]?.data).toMatchObject({ tradeIds: expect.arrayContaining([held, waiting]) });
  const stored = await gateway.db.select().from(commands);
  expect(stored.find(({ id }) => id === command.id)).toMatchObject({ tradeId: null });
});

test('close all with nothing open is taken, and says so in the audit log', async () => {
  expect(await ask('closeAll', {})).toBeNull();
  const rows = await gateway.db.select().from(audit);
  expect(rows.find(({ kind }) => kind === 'closeAll')?.data).toMatchObject({ tradeIds: [] });
  expect(await gateway.db.select().from(trades)).toEqual([]);
});
