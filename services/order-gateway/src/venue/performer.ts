import { BrokerError } from '@ballast/brokers';
import type { ClientOrderId } from '@ballast/domain';
import { SUBMIT_ANSWER_MS, type TradeEffect, type TradeInput } from '@ballast/order-core';
import type { Journal } from '../journal/journal.ts';
import type { StagedEffect } from '../journal/stage.ts';
import type { FillChannel, Work } from '../journal/work.ts';
import type { BrokerCalls } from './audited-broker.ts';

/** Requests to the venue under way at once; well inside the venue's rate limits. */
const CONCURRENT_MAX = 8;

export type Performer = {
  perform(effects: readonly StagedEffect[]): void;
  /** Takes no more effects and resolves when those under way have been answered. */
  close(): Promise<void>;
};

/**
 * Does what commits have promised, exits and questions before entries, and brings each answer back as an input. Never
 * decides anything: an unclear answer goes back as unclear.
 */
export function createPerformer(
  broker: BrokerCalls,
  journal: () => Pick<Journal, 'write'>,
  now: () => number,
): Performer {
  const urgent: StagedEffect[] = [];
  const entries: StagedEffect[] = [];
  const underWay = new Set<Promise<void>>();
  let closed = false;

  const next = (): void => {
    while (!closed && underWay.size < CONCURRENT_MAX) {
      const staged = urgent.shift() ?? entries.shift();
      if (staged === undefined) return;
      const task = answer(staged).finally(() => {
        underWay.delete(task);
        next();
      });
      underWay.add(task);
    }
  };

  /** A journal that refuses is ending the process: recovery will ask the venue again. */
  async function answer(staged: StagedEffect): Promise<void> {
    const works = await worksOf(staged);
    await Promise.all(works.map((work) => journal().write(work))).catch(() => undefined);
  }

  async function worksOf({ id, tradeId, effect, at }: StagedEffect): Promise<Work[]> {
    const inputs = await ask(effect, at);
    const works = inputs.map(({ input, channel }): Work => {
      return { type: 'input', tradeId, input, ...(channel === undefined ? {} : { channel }) };
    });
    return [...works, { type: 'closeOutbox', ids: [id], at: now() }];
  }

  function ask(effect: TradeEffect, promisedAt: number): Promise<Answer[]> {
    switch (effect.type) {
      case 'submit':
        return submit(effect, promisedAt);
      case 'cancel':
        return cancel(effect);
      case 'query':
        return query(effect);
      default:
        return effect satisfies never;
    }
  }

  async function submit(
    { order }: Extract<TradeEffect, { type: 'submit' }>,
    promisedAt: number,
  ): Promise<Answer[]> {
    const { clientOrderId } = order;
    // By now the order core has begun to ask for it: sending it after a proven "not found" would make a ghost.
    if (now() - promisedAt >= SUBMIT_ANSWER_MS) {
      return [
        { input: { type: 'submitNotSent', at: now(), clientOrderId, reason: 'WAITED_TOO_LONG' } },
      ];
    }
    try {
      const { venueOrderId } = await broker.submit(order);
      return [{ input: { type: 'submitAccepted', at: now(), clientOrderId, venueOrderId } }];
    } catch (error) {
      return [{ input: submitFailure(error, clientOrderId, now()) }];
    }
  }

  async function cancel(effect: Extract<TradeEffect, { type: 'cancel' }>): Promise<Answer[]> {
    try {
      await broker.cancel(effect);
      return [];
    } catch {
      const { clientOrderId } = effect;
      return [{ input: { type: 'cancelUnclear', at: now(), clientOrderId } }];
    }
  }

  /** State and executions of one order. Executions first: an end is then never booked before its fills. */
  async function query(effect: Extract<TradeEffect, { type: 'query' }>): Promise<Answer[]> {
    const { clientOrderId, instrument } = effect;
    const reference = { clientOrderId, instrument, venueOrderId: null };
    const askedAt = now();
    try {
      const report = await broker.findOrder(reference);
      if (report === null)
        return [{ input: { type: 'notFound', at: now(), askedAt, clientOrderId } }];
      const fills = report.filledQuantityCum > 0n ? await broker.executionsOf(reference) : [];
      const booked = fills.map((fill): Answer => {
        return { input: { type: 'fill', at: now(), fill }, channel: 'query' };
      });
      return [...booked, { input: { type: 'report', at: now(), report } }];
    } catch {
      // No answer proves nothing; the order core's clock asks again.
      return [];
    }
  }

  return {
    perform(effects) {
      for (const staged of effects) (isEntry(staged.effect) ? entries : urgent).push(staged);
      next();
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}

type Answer = { readonly input: TradeInput; readonly channel?: FillChannel };

function isEntry(effect: TradeEffect): boolean {
  return effect.type === 'submit' && effect.order.role === 'entry';
}

function submitFailure(error: unknown, clientOrderId: ClientOrderId, at: number): TradeInput {
  if (!(error instanceof BrokerError)) {
    return { type: 'submitUnclear', at, clientOrderId, reason: `UNEXPECTED: ${String(error)}` };
  }
  const reason = `${error.code}: ${error.message}`;
  switch (error.kind) {
    case 'rejected':
      return { type: 'submitRefused', at, clientOrderId, reason };
    case 'notSent':
      return { type: 'submitNotSent', at, clientOrderId, reason };
    case 'unknownOutcome':
      return { type: 'submitUnclear', at, clientOrderId, reason };
    default:
      return error.kind satisfies never;
  }
}
