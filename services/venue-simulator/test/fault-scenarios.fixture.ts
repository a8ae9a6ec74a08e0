import { type FaultName, isOpen } from '@ballast/sim-core';
import { expect } from 'vitest';
import { type Kit, WAIT } from './fault-kit.fixture.ts';

const AWAY_MS = 400;

const truth = ({ opened }: Kit) => ({
  executions: opened.venue.executions.length,
  open: opened.venue.account.open.size,
});

const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, WAIT);

/** All that was on its way has arrived once a later order is told. */
async function settled(kit: Kit): Promise<void> {
  const id = `settled-${kit.told.length}`;
  expect(await kit.buy(id, kit.quantity, kit.restingPrice)).toBe('accepted');
  await eventually(() => kit.statuses(id).length).toBeGreaterThan(0);
}

/** Takes the venue away; while it is, no request is answered and all connections are gone. */
async function awayAndBack(kit: Kit, fault: FaultName): Promise<void> {
  const before = kit.breaks();
  await kit.fault(fault, { ms: AWAY_MS });
  await eventually(() => kit.breaks()).toBeGreaterThan(before);
  expect(await kit.buy('while-away', kit.quantity)).toBe('none');
  await kit.connected();
  expect(truth(kit).executions).toBe(0);
}

async function refusedOnce(kit: Kit, fault: FaultName): Promise<void> {
  await kit.fault(fault, { on: 'submit' });
  expect(await kit.buy('refused', kit.quantity)).toBe(kit.codes[fault]);
  expect(truth(kit)).toEqual({ executions: 0, open: 0 });
  await kit.connected();
  expect(await kit.buy('next', kit.quantity)).toBe('accepted');
  await eventually(() => kit.fills().length).toBe(1);
}

/** What each fault does to a client, the same at each venue that can have it. */
export const SCENARIOS: Readonly<Record<FaultName, (kit: Kit) => Promise<void>>> = {
  async lostAckExecuted(kit) {
    await kit.fault('lostAckExecuted');
    expect(await kit.buy('lost', kit.quantity)).toBe('none');
    expect(truth(kit).executions).toBe(1);
    await kit.connected();
    expect(await kit.held()).toBe(kit.quantity);
  },

  async lostAckNotExecuted(kit) {
    await kit.fault('lostAckNotExecuted');
    expect(await kit.buy('lost', kit.quantity)).toBe('none');
    expect(truth(kit)).toEqual({ executions: 0, open: 0 });
    await kit.connected();
    expect(await kit.working()).toEqual([]);
    expect(await kit.buy('lost', kit.quantity)).toBe('accepted');
    await eventually(() => kit.held()).toBe(kit.quantity);
  },

  async lateAck(kit) {
    await kit.fault('lateAck', { ms: 300 });
    let answered = '';
    const slow = kit.buy('slow', kit.quantity, kit.restingPrice).then((answer) => {
      answered = answer;
    });
    await eventually(() => truth(kit).open).toBe(1);
    expect(answered).toBe('');
    await slow;
    expect(answered).toBe('accepted');
  },

  async fillBeforeAck(kit) {
    await kit.fault('fillBeforeAck');
    expect(await kit.buy('quick', kit.quantity)).toBe('accepted');
    const kinds = kit.told.map(({ kind }) => kind);
    expect(kinds).toContain('fill');
    expect(kinds.indexOf('fill')).toBeLessThan(kinds.indexOf('ack'));
  },

  async duplicateFill(kit) {
    await kit.fault('duplicateFill');
    await kit.buy('twice', kit.quantity);
    await eventually(() => kit.fills().length).toBe(2);
    const [first, second] = kit.fills();
    expect(second).toEqual(first);
    expect(truth(kit).executions).toBe(1);
  },

  async reorderedFills(kit) {
    await kit.fault('reorderedFills');
    await kit.buy('swept', kit.sweep.quantity, kit.sweep.price);
    await eventually(() => kit.fills().length).toBe(2);
    const [first, second] = kit.fills();
    const happened = kit.opened.venue.executions.map(({ quantity }) => Number(quantity) / 1e18);
    expect([second?.quantity, first?.quantity]).toEqual(happened);
  },

  async droppedFill(kit) {
    await kit.fault('droppedFill');
    await kit.buy('dropped', kit.quantity);
    await settled(kit);
    expect(kit.fills()).toEqual([]);
    expect(await kit.executions()).toHaveLength(1);
    expect(await kit.held()).toBe(kit.quantity);
  },

  async lateFill(kit) {
    await kit.fault('lateFill', { ms: 300 });
    await kit.buy('late', kit.quantity);
    await settled(kit);
    expect(truth(kit).executions).toBe(1);
    expect(kit.fills()).toEqual([]);
    await eventually(() => kit.fills().length).toBe(1);
  },

  async correctedFill(kit) {
    await kit.fault('correctedFill', { variant: 'price' });
    await kit.buy('repriced', kit.quantity);
    await eventually(() => kit.fills().length).toBe(2);
    const [first, second] = kit.fills();
    expect(second).toMatchObject({ execution: first?.execution, revision: 1 });
    expect(second?.quantity).toBe(kit.quantity);
    expect(second?.price).toBeGreaterThan(first?.price ?? 0);
    await kit.fault('correctedFill', { variant: 'bust' });
    await kit.buy('busted', kit.quantity);
    await eventually(() => kit.fills().length).toBe(4);
    expect(kit.fills()[3]).toMatchObject({ revision: 1, quantity: 0 });
    expect(await kit.held()).toBe(kit.quantity);
  },

  async partialFills(kit) {
    await kit.fault('partialFills', { percent: 40 });
    await kit.buy('part', kit.quantity, kit.sweep.price);
    await eventually(() => kit.fills().length).toBe(1);
    expect(kit.fills()[0]?.quantity).toBeCloseTo(kit.quantity * 0.4, 9);
    expect(await kit.working()).toEqual(['part']);
    expect(await kit.held()).toBeCloseTo(kit.quantity * 0.4, 9);
  },

  async cancelRacesFill(kit) {
    await kit.buy('raced', kit.quantity, kit.restingPrice);
    await kit.fault('cancelRacesFill');
    expect(await kit.cancel('raced')).toMatch(/^refused/);
    await eventually(() => kit.held()).toBe(kit.quantity);
    await eventually(() => kit.fills().reduce((sum, { quantity }) => sum + quantity, 0)).toBe(
      kit.quantity,
    );
  },

  async rejectAfterAccept(kit) {
    await kit.fault('rejectAfterAccept');
    expect(await kit.buy('rejected', kit.quantity)).toBe('accepted');
    await eventually(() => kit.statuses('rejected').at(-1)).toMatch(
      /^(Rejected|rejected|Inactive)$/,
    );
    expect(truth(kit)).toEqual({ executions: 0, open: 0 });
    expect(await kit.working()).toEqual([]);
  },

  async staleListing(kit) {
    await kit.buy('resting', kit.quantity, kit.restingPrice);
    expect(await kit.working()).toEqual(['resting']);
    await kit.fault('staleListing', { ms: 3_600_000 });
    expect(await kit.working()).toEqual([]);
    expect(await kit.working()).toEqual(['resting']);
  },

  async silentSocket(kit) {
    await kit.fault('silentSocket', { ms: 600_000 });
    void kit.buy('unheard', kit.quantity);
    await eventually(() => truth(kit).executions).toBe(1);
    await kit.ping();
    await eventually(() => kit.pongs()).toBe(1);
    expect(kit.fills()).toEqual([]);
    await kit.post({ clear: 'silentSocket' });
    await settled(kit);
    expect(kit.fills()).toEqual([]);
    expect(kit.breaks()).toBe(0);
  },

  async halfOpenSocket(kit) {
    await kit.ping();
    await eventually(() => kit.pongs()).toBe(1);
    await kit.fault('halfOpenSocket', { ms: 600_000 });
    await kit.ping();
    // Two round trips later the ping has long arrived.
    await kit.post({ clear: 'lateAck' });
    await kit.post({ clear: 'halfOpenSocket' });
    await kit.ping();
    await eventually(() => kit.pongs()).toBe(2);
    await settled(kit);
    expect(kit.pongs()).toBe(2);
    expect(kit.breaks()).toBe(0);
  },

  async midBatchDisconnect(kit) {
    await kit.fault('midBatchDisconnect', { on: 'fill' });
    await kit.buy('cut', kit.sweep.quantity, kit.sweep.price);
    await eventually(() => kit.breaks()).toBe(1);
    expect(truth(kit).executions).toBe(2);
    await kit.connected();
    await settled(kit);
    expect(kit.fills()).toHaveLength(1);
    expect(await kit.executions()).toHaveLength(2);
  },

  rateLimit: (kit) => refusedOnce(kit, 'rateLimit'),

  async serverError(kit) {
    await refusedOnce(kit, 'serverError');
    await kit.fault('serverError', { on: 'submit', variant: 'executed' });
    expect(await kit.buy('executed', kit.quantity)).toBe(kit.codes.serverError);
    expect(truth(kit).executions).toBe(2);
  },

  clockSkew: (kit) => refusedOnce(kit, 'clockSkew'),
  tokenExpired: (kit) => refusedOnce(kit, 'tokenExpired'),

  async sessionIdRollBack(kit) {
    expect(await kit.buy('used', kit.quantity, kit.restingPrice)).toBe('accepted');
    const [order] = kit.opened.venue.account.open.values();
    expect(order !== undefined && isOpen(order.status)).toBe(true);
    const before = kit.breaks();
    await kit.fault('sessionIdRollBack', { ms: AWAY_MS });
    await eventually(() => kit.breaks()).toBeGreaterThan(before);
    await kit.connected();
    expect(kit.nextId()).toBe(1);
    expect(await kit.working()).toEqual(['used']);
  },

  async dailyRestart(kit) {
    await kit.buy('overnight', kit.quantity, kit.restingPrice);
    await awayAndBack(kit, 'dailyRestart');
    expect(await kit.working()).toEqual(['overnight']);
    expect(await kit.buy('morning', kit.quantity)).toBe('accepted');
    await eventually(() => kit.fills().length).toBe(1);
  },

  async stateLost(kit) {
    await kit.buy('forgotten', kit.quantity, kit.restingPrice);
    await awayAndBack(kit, 'stateLost');
    expect(await kit.working()).toEqual([]);
    expect(truth(kit).open).toBe(0);
    expect(kit.statuses('forgotten').filter((word) => /cancel/i.test(word))).toEqual([]);
  },
};
