import {
  fills,
  incidents,
  loadRiskFacts,
  pages,
  positions,
  tradeEvents,
  trades,
  unsentPages,
  venueOddities,
} from '@ballast/db';
import {
  type ClientOrderId,
  commandWire,
  type Fill,
  parseSignedQuantity,
  parseUuid,
  type TradeId,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { nothingFrozen } from '../src/brake/reconciled.ts';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import { createDriftCheck } from '../src/venue/drift.ts';
import { createEquality, type Equality } from '../src/venue/equality.ts';
import { createEvidence } from '../src/venue/evidence.ts';
import { createInbox } from '../src/venue/inbox.ts';
import { createOddities } from '../src/venue/oddities.ts';
import { createRouter } from '../src/venue/routing.ts';
import {
  ACCOUNT,
  asWork,
  BTC,
  changeCommand,
  closeCommand,
  ETH,
  fillOf,
  newId,
  openCommand,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

const log = createLogger('test', 'silent');
const now = () => Date.now();
let database: TestDatabase;
let gateway: TestGateway;
let equality: Equality;

async function start(): Promise<void> {
  equality = createEquality();
  const equalIn: Equality['equalIn'] = (instrument) => equality.equalIn(instrument);
  gateway = await startGateway(database.urls['order-gateway'], { equalIn });
}
async function restart(): Promise<void> {
  await gateway.close();
  await start();
}
beforeEach(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
  await start();
});
afterEach(async () => {
  await gateway.close();
  await database.drop();
});

/** A fill of somebody else, bought when above 0. */
function byHand(quantity: string, change: Partial<Fill> = {}): Fill {
  const signed = parseSignedQuantity(quantity);
  const fill = fillOf('', quantity.replace('-', ''));
  return { ...fill, side: signed > 0n ? 'buy' : 'sell', ...change };
}
function tell(fill: Fill, channel: 'stream' | 'sweep' = 'stream'): Promise<void> {
  const route = createRouter(gateway.store, () => gateway.journal.book);
  return createInbox(gateway.journal, route, { now, log }).fill(fill, channel);
}

/** One sweep's comparison with a venue that holds so much. */
function compare(quantity: string): Promise<void> {
  const broker = {
    positions: async () => [{ instrument: BTC, quantity: parseSignedQuantity(quantity) }],
    openOrders: () => Promise.reject(new Error('no answer')),
    executionsSince: async () => [byHand('0.7'), byHand('9', { instrument: ETH })],
  };
  const evidence = createEvidence(broker, gateway.store, gateway.journal, now);
  const tools = { clock: SYSTEM_CLOCK, log, equality, evidence };
  return createDriftCheck(gateway.journal, broker, tools)(async () => undefined);
}

/** Gives the command; what it was refused with, null when it was carried out. */
async function command(
  type: 'settleUnattributed' | 'thawInstrument',
  instrument: string = BTC,
): Promise<string | null> {
  const { body: _body, ...header } = changeCommand('closeAll', {});
  const body = { instrument, reason: 'mine' };
  const wanted = commandWire.parse({ ...header, type, body });
  await gateway.journal.write(asWork(wanted));
  const { rows } = await gateway.db.pool.query<{ code: string }>(
    'SELECT code FROM command_refusals WHERE command_id = $1',
    [wanted.id],
  );
  return rows[0]?.code ?? null;
}

const kinds = () => [...gateway.journal.book.incidents.values()].map(({ kind }) => kind);
const records = async () =>
  (await gateway.db.select().from(trades)).filter(({ origin }) => origin === 'unattributed');
const held = async () => (await gateway.db.select().from(positions))[0]?.quantity;
/** Is a new trade let into the instrument? */
async function lets(instrument = BTC): Promise<string | undefined> {
  const plan = openCommand({ instrument });
  await gateway.journal.write(asWork(plan));
  const row = (await gateway.db.select().from(trades)).find(({ id }) => id === tradeIdOf(plan));
  const window = { now: now(), recentWithinMs: 1, gapsWithinMs: 1 };
  const { frozen } = await loadRiskFacts(gateway.db, ACCOUNT, instrument, window);
  const denied = row?.endReason?.includes('INSTRUMENT_FROZEN') ?? false;
  expect(frozen !== null, 'the preview says the same').toBe(denied);
  return row?.endReason ?? row?.status;
}

test('a fill that is not ours is booked apart once, equals the venue and freezes its instrument', async () => {
  const first = byHand('0.1');
  await Promise.all([tell(first), tell(first, 'sweep')]);
  await restart();
  await tell(first, 'sweep');
  await tell({ ...byHand('0.2'), clientOrderId: `${newId().replaceAll('-', '')}e000` });
  expect(await held()).toBe(parseSignedQuantity('0.3'));
  const [record, ...more] = await records();
  expect([more.length, record?.status, record?.plan]).toEqual([0, 'unattributed', {}]);
  expect(record?.quantity).toBe(parseSignedQuantity('0.3'));
  const booked = await gateway.db.select().from(fills);
  expect(booked.map(({ tradeId }) => tradeId)).toEqual([record?.id, record?.id]);
  expect(gateway.journal.book.trades.size).toBe(0);
  const [incident, ...others] = await gateway.db.select().from(incidents);
  expect([incident?.kind, incident?.tradeId, others.length]).toEqual([
    'UNATTRIBUTED',
    record?.id,
    0,
  ]);
  expect(incident?.evidence).toMatchObject({ fill: { executionId: first.executionId } });
  await compare('0.3');
  expect(kinds()).toEqual(['UNATTRIBUTED']);
  expect(await lets()).toBe('INSTRUMENT_FROZEN, INSTRUMENT_EXPOSURE');
  expect(await lets(ETH)).toBe('entering');
  const tradeId = parseUuid<TradeId>(record?.id ?? '');
  await gateway.journal.write(asWork(closeCommand(tradeId)));
  expect(gateway.fatal).toEqual([]);
});

test('a correction of such a fill moves the account, also after it was settled', async () => {
  const fill = byHand('0.1');
  await tell(fill);
  const less = { ...fill, quantity: parseSignedQuantity('0.04') };
  await tell({ ...less, revision: 1 });
  expect(await held()).toBe(less.quantity);
  await tell(byHand('-0.04'));
  await compare('0');
  expect(await command('settleUnattributed')).toBeNull();
  expect((await records()).map(({ status }) => status)).toEqual(['settled']);
  await restart();
  await tell({ ...fill, revision: 2 });
  expect(await held()).toBe(parseSignedQuantity('0.06'));
  expect((await records()).map(({ status, endedAt }) => [status, endedAt])).toEqual([
    ['unattributed', null],
  ]);
  expect(kinds()).toEqual(['UNATTRIBUTED']);
});

test('only an equal ledger can be settled; what is left is carried until the operator ends it', async () => {
  expect(await command('settleUnattributed')).toBe('NOTHING_UNATTRIBUTED');
  await compare('0');
  await tell(byHand('-0.1', { eventTime: 1 }));
  expect(await command('settleUnattributed')).toBe('NOT_RECONCILED');
  await compare('-0.3');
  expect(kinds().toSorted()).toEqual(['DRIFT', 'UNATTRIBUTED']);
  expect(await command('settleUnattributed')).toBe('NOT_RECONCILED');
  await compare('-0.1');
  expect(await command('settleUnattributed')).toBeNull();
  expect(kinds()).toEqual([]);
  await restart();
  const [carried] = await records();
  expect([carried?.status, carried?.endReason, carried?.endedAt]).toEqual([
    'carried',
    'operator: mine',
    null,
  ]);
  expect(await lets()).toBe('INSTRUMENT_FROZEN');
  await tell(byHand('0.04'));
  expect(kinds()).toEqual([]);
  await tell(byHand('0.06'));
  expect((await records()).map(({ status, quantity }) => [status, quantity])).toEqual([
    ['settled', 0n],
  ]);
  expect(kinds()).toEqual([]);
  expect(await lets()).toBe('entering');
});

test.each(['unattributed', 'carried'])('what is %s counts in its sector', async (status) => {
  await tell(byHand('0.5'));
  await compare('0.5');
  if (status === 'carried') expect(await command('settleUnattributed')).toBeNull();
  expect((await records()).map((record) => record.status)).toEqual([status]);
  // 25 % of the equity is held, 5 % and a little more is asked for.
  expect(await lets(ETH)).toBe('SECTOR_EXPOSURE');
  await tell(byHand('-0.1'));
  expect(await lets(ETH)).toBe('entering');
});

test('a fill beyond what is carried has to be explained again', async () => {
  await tell(byHand('0.1'));
  await compare('0.1');
  expect(await command('settleUnattributed')).toBeNull();
  await tell(byHand('-0.3'));
  expect(kinds()).toEqual(['UNATTRIBUTED']);
  expect((await records()).map(({ status }) => status)).toEqual(['unattributed']);
});

test('drift is recorded with all that may explain it, and paged once', async () => {
  await gateway.journal.write(asWork(openCommand()));
  await compare('0.7');
  await compare('0.7');
  const [incident, ...more] = await gateway.db.select().from(incidents);
  expect(more).toEqual([]);
  expect(incident?.evidence).toMatchObject({
    ...{ ledger: '#0', venue: '#0.7', ledgerPosition: null },
    trades: [{ status: 'entering' }],
    venueAnswers: {
      positions: [{ quantity: '#0.7' }],
      openOrders: { notAnswered: 'Error: no answer' },
      executions: { rows: [{ quantity: '#0.7' }] },
    },
    last: {
      events: expect.arrayContaining([expect.objectContaining({ type: 'tradeOpened' })]),
      audit: expect.arrayContaining([expect.objectContaining({ kind: 'command' })]),
    },
  });
  const stored = await gateway.db.select().from(pages);
  expect(stored.map(({ incidentId, sentAt }) => [incidentId, sentAt])).toEqual([
    [incident?.id, null],
  ]);
  const unsent = () => unsentPages(gateway.db, ACCOUNT, 0);
  const [page] = await unsent();
  expect(page).toMatchObject({ kind: 'DRIFT', instrument: BTC, detail: incident?.detail });
  const paged = { type: 'paged', id: page?.id ?? '', at: 5 } as const;
  await gateway.journal.write({ ...paged, error: 'no answer' });
  expect(await unsent()).toMatchObject([{ id: page?.id, attempts: 1 }]);
  await gateway.journal.write({ ...paged, error: null });
  expect(await unsent()).toEqual([]);
  const [sent] = await gateway.db.select().from(pages);
  expect(sent).toMatchObject({ sentAt: 5, attempts: 2, error: null });
});

test("the operator's thaw holds until the numbers change, over a restart too", async () => {
  expect(await command('thawInstrument')).toBe('NOT_FROZEN');
  await compare('0.5');
  expect(await lets()).toBe('INSTRUMENT_FROZEN');
  expect(await command('thawInstrument')).toBeNull();
  const [thawed] = await gateway.db.select().from(incidents);
  expect([thawed?.thawedBy, thawed?.resolvedAt]).toEqual(['operator: mine', null]);
  await restart();
  await compare('0.5');
  expect(await lets()).toBe('entering');
  await compare('0.6');
  expect(await lets()).toContain('INSTRUMENT_FROZEN');
  const rows = await gateway.db.select().from(incidents);
  const shown = rows.map(({ detail, resolution }) => [detail, resolution]);
  expect(Object.fromEntries(shown)).toEqual(
    Object.fromEntries([
      ['ledger 0, venue 0.5', 'the numbers changed: ledger 0, venue 0.6'],
      ['ledger 0, venue 0.6', null],
    ]),
  );
  await compare('0');
  expect(kinds()).toEqual([]);
});

test('a correction under the number of the revision before it is booked as the next one', async () => {
  const plan = openCommand();
  await gateway.journal.write(asWork(plan));
  const effect = gateway.effects.at(-1)?.effect;
  if (effect?.type !== 'submit') throw new Error('no order was made');
  const fill = fillOf(effect.order.clientOrderId, '0.1');
  await tell(fill);
  const less = { ...fill, quantity: parseSignedQuantity('0.06') };
  await tell(less);
  await tell(less, 'sweep');
  expect(await held()).toBe(less.quantity);
  const booked = await gateway.db.select().from(fills);
  expect(booked.map(({ revision, quantity }) => [revision, quantity])).toEqual([
    [0, fill.quantity],
    [1, less.quantity],
  ]);
  const others = Array.from({ length: 70_000 }, (_, at) => `other-${at}`);
  const revisions = await gateway.store.bookedRevisions([fill.executionId, ...others]);
  expect(revisions.get(fill.executionId)).toMatchObject({ revision: 1, quantity: less.quantity });
});

test('fees are kept by currency, and come back as they were', async () => {
  await tell(byHand('0.1', { fee: { amount: 7n, currency: 'BNB' } }));
  await tell(byHand('0.1', { fee: { amount: 10n ** 15n, currency: 'BTC' } }));
  const before = gateway.journal.book.positions;
  await restart();
  expect(gateway.journal.book.positions).toEqual(before);
  const [row] = await gateway.db.select().from(positions);
  expect(row?.feesCum).toEqual({ BNB: '0.000000000000000007', BTC: '0.001' });
  expect(row?.quantity).toBe(parseSignedQuantity('0.199'));
});

test('what nobody can read is kept raw, counted by kind and bounded', async () => {
  const oddities = createOddities('bybit', SYSTEM_CLOCK);
  oddities.note('ANSWER_MALFORMED', 'orders', 'Pondering');
  oddities.start(gateway.journal);
  oddities.note('ANSWER_MALFORMED', 'orders', 'Musing\0');
  oddities.note('VENUE_MESSAGE_MALFORMED', 'x', 'é'.repeat(4_000));
  for (let kind = 0; kind < 300; kind += 1) oddities.note('FLOOD', `kind ${kind}`);
  await oddities.stop();
  const rows = await gateway.db.select().from(venueOddities);
  const [orders] = rows.filter(({ detail }) => detail === 'orders');
  expect(orders).toMatchObject({ account: ACCOUNT, count: 2, venue: 'bybit' });
  expect(orders?.raw).toContain('Musing');
  const long = rows.find(({ detail }) => detail === 'x')?.raw ?? '';
  expect(Buffer.byteLength(long)).toBe(4_096);
  const flood = rows.filter(({ code }) => code === 'FLOOD');
  expect(flood.length).toBeLessThan(210);
  expect(flood.reduce((sum, { count }) => sum + count, 0)).toBe(300);
});

/** A trade that was closed and whose entry the venue then makes smaller: the account is short. */
async function overshoot(): Promise<void> {
  const plan = openCommand();
  await gateway.journal.write(asWork(plan));
  const orderOf = (role: string): ClientOrderId => {
    for (const { effect } of gateway.effects) {
      if (effect.type === 'submit' && effect.order.role === role) return effect.order.clientOrderId;
    }
    throw new Error(`no ${role} was sent`);
  };
  const entry = fillOf(orderOf('entry'), '0.1');
  await tell(entry);
  const target = { clientOrderId: orderOf('target'), reason: 'no' };
  const input = { type: 'submitRefused', at: now(), ...target } as const;
  await gateway.journal.write({ type: 'input', tradeId: tradeIdOf(plan), input });
  await tell({ ...fillOf(orderOf('stop'), '0.1'), side: 'sell' });
  await tell({ ...entry, revision: 1, quantity: parseSignedQuantity('0.06') });
  expect(await held()).toBe(parseSignedQuantity('-0.04'));
}

test('an overshot position lets nothing new in until both sides are flat', async () => {
  await overshoot();
  await compare('-0.04');
  expect(kinds()).toEqual(['OVERSHOT']);
  expect(nothingFrozen(gateway.journal.book), 'the numbers are agreed on').toBe(true);
  expect(await lets()).toContain('INSTRUMENT_FROZEN');
  await restart();
  expect(await lets()).toContain('INSTRUMENT_FROZEN');
});

test('an overshot position binds the account in every other instrument', async () => {
  await overshoot();
  await lets(ETH);
  const said = JSON.stringify(await gateway.db.select().from(tradeEvents));
  expect(said, '0.04 at 50,000 less').toContain('98000 USDT free of positions');
});

test('what was undone by hand is over once the account is flat, whatever its record says', async () => {
  await overshoot();
  await tell(byHand('0.04'));
  await compare('0');
  expect(kinds()).toEqual(['UNATTRIBUTED']);
  expect(await command('settleUnattributed')).toBeNull();
  expect((await records()).map(({ status }) => status)).toEqual(['settled']);
  expect(await lets(), 'nothing but the same plan again').toBe('DUPLICATE_INTENT');
});

test('what is below one lot nobody can trade: it is not carried', async () => {
  await tell(byHand('0.1', { fee: { amount: 10n ** 14n, currency: 'BTC' } }));
  await tell(byHand('-0.099'));
  await compare('0.0009');
  expect(await command('settleUnattributed')).toBeNull();
  expect((await records()).map(({ status }) => status)).toEqual(['settled']);
  expect(await lets()).toBe('entering');
});

test('a foreign fill against an open trade is carried, though the account is flat', async () => {
  await gateway.journal.write(asWork(openCommand()));
  const [first] = gateway.effects;
  if (first?.effect.type !== 'submit') throw new Error('no order was made');
  await tell(fillOf(first.effect.order.clientOrderId, '0.1'));
  await tell(byHand('-0.1'));
  await compare('0');
  expect(await command('settleUnattributed')).toBeNull();
  expect((await records()).map(({ status }) => status)).toEqual(['carried']);
});
