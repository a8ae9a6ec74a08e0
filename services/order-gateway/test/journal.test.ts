import {
  audit,
  commandRefusals,
  fills,
  openDatabase,
  outbox,
  trades,
  unansweredCalls,
  verifyAuditChain,
} from '@ballast/db';
import { formatQuantity } from '@ballast/domain';
import { dueAt } from '@ballast/order-core';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import type { Work } from '../src/journal/work.ts';
import { loadBook } from '../src/store/load-book.ts';
import {
  ACCOUNT,
  asWork,
  BTC,
  ETH,
  fillOf,
  newId,
  openCommand,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

describe('journal', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    url = database.urls['order-gateway'];
    await storeInstruments(database.urls['market-data']);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await queryOnce(
      database.ownerUrl,
      `TRUNCATE trades, trade_events, orders, fills, positions, outbox, audit, commands,
         command_refusals, incidents, gateway_fences, brake_states CASCADE`,
    );
    gateway = await startGateway(url);
  });
  afterEach(() => gateway.close());

  test('stores command, trade, order, event, promise and audit in one commit, then performs', async () => {
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    expect(gateway.effects.map(({ effect }) => effect.type)).toEqual(['submit']);
    const [trade] = await gateway.db.select().from(trades);
    expect(trade).toMatchObject({ id: tradeIdOf(command), status: 'entering', epoch: 1 });
    const [promise] = await gateway.db.select().from(outbox);
    expect(promise).toMatchObject({ id: gateway.effects[0]?.id, doneAt: null });
    const kinds = (await gateway.db.select().from(audit)).map(({ kind }) => kind);
    expect(kinds).toEqual(['command', 'tradeOpened', 'statusChanged', 'orderCreated']);
  });

  test('a plan that a rule denies is a denied trade with no promise', async () => {
    await gateway.journal.write(asWork(openCommand({ quantity: '0.0005' })));
    expect(gateway.effects).toEqual([]);
    const [trade] = await gateway.db.select().from(trades);
    expect(trade?.status).toBe('denied');
    expect(trade?.endReason).toContain('QUANTITY_OFF_LOT');
  });

  test('the same balance is not spent twice, in one commit and before it is asked for again', async () => {
    await gateway.close();
    gateway = await startGateway(url, { available: '8000' });
    const [first, second, third] = [openCommand(), openCommand({ instrument: ETH }), openCommand()];
    await Promise.all([first, second].map((one) => gateway.journal.write(asWork(one))));
    const end = async (command: typeof first): Promise<string | null | undefined> =>
      (await gateway.db.select().from(trades)).find(({ id }) => id === tradeIdOf(command))
        ?.endReason;
    expect([await end(first), await end(second)]).toEqual([null, 'BUYING_POWER']);
    await gateway.journal.write(asWork(third));
    expect(await end(third)).toBe('INSTRUMENT_BUSY, DUPLICATE_INTENT, BUYING_POWER');
  });

  test('a repeated id or nonce is refused, in one batch and later, and changes nothing', async () => {
    const first = openCommand();
    const sameNonce = openCommand({ nonce: first.nonce });
    await Promise.all([first, first, sameNonce].map((one) => gateway.journal.write(asWork(one))));
    await gateway.journal.write(asWork(first));
    const refused = await gateway.db.select().from(commandRefusals);
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill('COMMAND_REPEATED'));
    expect(gateway.effects).toHaveLength(1);
    expect(await gateway.db.select().from(trades)).toHaveLength(1);
  });

  test('a command that expires during its own commit is refused, and nothing of it remains', async () => {
    const blocker = new pg.Client({ connectionString: database.ownerUrl });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE');
    const command = openCommand({ lifeMs: 300 });
    const written = gateway.journal.write(asWork(command));
    await expect.poll(() => Date.now() > command.expiresAt, { timeout: 5_000 }).toBe(true);
    await blocker.query('COMMIT');
    await blocker.end();
    await written;
    const refused = await gateway.db.select().from(commandRefusals);
    expect(refused).toMatchObject([{ commandId: command.id, code: 'COMMAND_EXPIRED' }]);
    expect(await gateway.db.select().from(trades)).toEqual([]);
    expect(gateway.effects).toEqual([]);
  });

  test('a taken command that is delivered again after its expiry is a repeat, not an expiry', async () => {
    const command = openCommand({ lifeMs: 400 });
    await gateway.journal.write(asWork(command));
    await expect.poll(() => Date.now() > command.expiresAt, { timeout: 5_000 }).toBe(true);
    await gateway.journal.write({ ...asWork(command), expired: true } as Work);
    const refused = await gateway.db.select().from(commandRefusals);
    expect(refused.map(({ code }) => code)).toEqual(['COMMAND_REPEATED']);
  });

  test('only a broker call without an answer counts as unanswered, wherever the window cuts', async () => {
    const call = (kind: string, callId: string): Work => {
      const row = { at: Date.now(), kind, callId, tradeId: null, data: {} };
      return { type: 'audit', row };
    };
    const [answered, open] = [newId(), newId()];
    await gateway.journal.write(call('brokerRequest', answered));
    await gateway.journal.write(call('brokerResponse', answered));
    await gateway.journal.write(call('brokerRequest', open));
    const { seq } = gateway.journal.book.auditHead;
    for (const head of [seq, seq + 4_998]) {
      const calls = await unansweredCalls(gateway.db, ACCOUNT, head);
      expect(calls).toEqual([{ callId: open, tradeId: null }]);
    }
  });

  test('the exits of a fill that waited for the database are promised as of its commit', async () => {
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    const tradeId = tradeIdOf(command);
    const entry = Object.keys(gateway.journal.book.trades.get(tradeId)?.orders ?? {})[0] ?? '';
    const begun = Date.now();
    const input = { type: 'fill', at: begun - 20_000, fill: fillOf(entry, '0.1') } as const;
    await gateway.journal.write({ type: 'input', tradeId, input });
    const exits = gateway.effects.slice(1);
    expect(exits.map(({ effect }) => effect.type)).toEqual(['submit', 'submit']);
    // From its promise an exit has 8 s to leave; spent waiting, they would leave it unprotected.
    for (const { at } of exits) expect(at).toBeGreaterThanOrEqual(begun);
    const trade = gateway.journal.book.trades.get(tradeId);
    const due = trade === undefined ? null : dueAt(trade);
    expect(due).toBeGreaterThan(begun);
  });

  test('an unclear answer that waited for the database keeps its time: proof counts from it', async () => {
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    const tradeId = tradeIdOf(command);
    const order = () => Object.values(gateway.journal.book.trades.get(tradeId)?.orders ?? {})[0];
    const clientOrderId = order()?.request.clientOrderId;
    if (clientOrderId === undefined) throw new Error('the trade has no entry');
    const at = Date.now() - 20_000;
    const input = { type: 'submitUnclear', at, clientOrderId, reason: 'TIMEOUT' } as const;
    await gateway.journal.write({ type: 'input', tradeId, input });
    expect(order()?.phase).toMatchObject({ status: 'unknown', since: at });
  });

  test('a fill that comes by two channels is booked once', async () => {
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    const tradeId = tradeIdOf(command);
    const entry = Object.keys(gateway.journal.book.trades.get(tradeId)?.orders ?? {})[0] ?? '';
    const input = { type: 'fill', at: Date.now(), fill: fillOf(entry, '0.1') } as const;
    await Promise.all([
      gateway.journal.write({ type: 'input', tradeId, input, channel: 'stream' }),
      gateway.journal.write({ type: 'input', tradeId, input, channel: 'sweep' }),
    ]);
    await gateway.journal.write({ type: 'input', tradeId, input, channel: 'query' });
    expect(await gateway.db.select().from(fills)).toHaveLength(1);
    const held = gateway.journal.book.positions.get(BTC)?.quantity;
    expect(held === undefined ? null : formatQuantity(held)).toBe('0.1');
  });

  test('a second gateway fences the first: nothing of it is written any more, and it ends', async () => {
    const second = await startGateway(url);
    await expect(gateway.journal.write(asWork(openCommand()))).rejects.toMatchObject({
      code: 'FENCED',
    });
    expect(gateway.fatal).toHaveLength(1);
    expect(await second.db.select().from(trades)).toEqual([]);
    await second.journal.write(asWork(openCommand()));
    expect((await second.db.select().from(trades))[0]?.epoch).toBe(2);
    await second.close();
  });

  test('broken database connections delay a commit and lose nothing', async () => {
    await gateway.journal.write(asWork(openCommand()));
    await queryOnce(
      database.ownerUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ballast_order_gateway'`,
    );
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    const ids = (await gateway.db.select().from(trades)).map(({ id }) => id);
    expect(ids).toContain(tradeIdOf(command));
    expect(gateway.fatal).toEqual([]);
  });

  test('so does one that breaks under what is read beside the transaction', async () => {
    const end = `SELECT pg_terminate_backend(pg_backend_pid())`;
    const read = vi.spyOn(gateway.store, 'instruments');
    read.mockImplementationOnce(() => gateway.db.execute(end).then(() => []));
    await gateway.journal.write(asWork(openCommand()));
    expect(read).toHaveBeenCalledTimes(2);
    expect(gateway.fatal).toEqual([]);
  });

  test('what a restart loads is what was there', async () => {
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    const tradeId = tradeIdOf(command);
    const entry = Object.keys(gateway.journal.book.trades.get(tradeId)?.orders ?? {})[0] ?? '';
    const input = { type: 'fill', at: Date.now(), fill: fillOf(entry, '0.04') } as const;
    await gateway.journal.write({ type: 'input', tradeId, input });
    expect(await loadBook(gateway.db, ACCOUNT)).toEqual(gateway.journal.book);
  });

  test('the audit chain names the first row that was changed or removed', async () => {
    for (const command of [openCommand(), openCommand(), openCommand()]) {
      await gateway.journal.write(asWork(command));
    }
    const owner = openDatabase(database.ownerUrl);
    const whole = await verifyAuditChain(owner, ACCOUNT);
    expect(whole).toMatchObject({ brokenAt: null });
    const before = `account, 0, at, kind, call_id, trade_id, data, previous_hash, hash, epoch`;
    const row = `INSERT INTO audit SELECT ${before} FROM audit WHERE seq = 1`;
    await queryOnce(database.ownerUrl, row);
    expect((await verifyAuditChain(owner, ACCOUNT)).brokenAt).toBe(1);
    await queryOnce(database.ownerUrl, `DELETE FROM audit WHERE seq = 0`);
    await queryOnce(database.ownerUrl, `UPDATE audit SET data = '"forged"' WHERE seq = 5`);
    expect((await verifyAuditChain(owner, ACCOUNT)).brokenAt).toBe(5);
    await queryOnce(database.ownerUrl, `DELETE FROM audit WHERE seq = 3`);
    expect((await verifyAuditChain(owner, ACCOUNT)).brokenAt).toBe(3);
    await owner.close();
  });

  test('audit and ledger rows cannot be changed by the gateway itself', async () => {
    await gateway.journal.write(asWork(openCommand()));
    for (const statement of [
      `UPDATE audit SET kind = 'x'`,
      'DELETE FROM audit',
      'TRUNCATE fills',
      'DELETE FROM trades',
      `UPDATE fills SET quantity = 1`,
    ]) {
      await expect(queryOnce(url, statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
