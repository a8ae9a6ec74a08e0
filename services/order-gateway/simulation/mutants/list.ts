/**
 * Deliberate defects, one at a time: text of the product replaced while it is loaded. Each is a
 * fault that order paths really have had, and the simulation must see every one of them. A text
 * that is no longer there fails the run, so that a defect cannot quietly become none.
 */
export type Mutant = {
  readonly name: string;
  /** Seed of the first day of two hours that sees it, where `npm test` begins to look. */
  readonly seenBy: number;
  /** End of the path of the file that is changed. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};

const CORE = 'packages/order-core/src/';
const GATEWAY = 'services/order-gateway/src/';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no fill dedupe',
    seenBy: 1,
    file: `${CORE}booking.ts`,
    find: '  const fill = asNews(told, earlier ?? null);\n  if (fill === null) return result;',
    replace: '  const fill = asNews(told, null) ?? told;',
  },
  {
    name: 'fills added, not replaced, by a correction',
    seenBy: 14,
    file: `${CORE}booking.ts`,
    find: 'trade.fills.map((other) => (other === earlier ? again : other))',
    replace: '[...trade.fills, again]',
  },
  {
    name: 'timeout means rejected',
    seenBy: 107,
    file: `${GATEWAY}venue/ask-venue.ts`,
    find: "    case 'unknownOutcome':\n      return { type: 'submitUnclear', at, clientOrderId, reason };",
    replace:
      "    case 'unknownOutcome':\n      return { type: 'submitRefused', at, clientOrderId, reason };",
  },
  {
    name: 'retry on timeout under a new id',
    seenBy: 97,
    file: `${CORE}order-changes.ts`,
    find: 'return ask(toPhase(result, order, unknown, reason), order);',
    replace: `return toPhase(result, order, { status: 'cancelled', venueOrderId, endedAt: at, reason, nextAskAt: at }, reason);`,
  },
  {
    name: 'not found is proof at once',
    seenBy: 43,
    file: `${CORE}step.ts`,
    find: 'if (askedAt < settled) return result;',
    replace: '',
  },
  {
    name: 'a stale listing ends an order',
    seenBy: 21,
    file: `${CORE}step.ts`,
    find: "      if (order.phase.status === 'working') return askMissing(result, order, at);",
    replace:
      "      if (isLive(order)) return toPhase(result, order, { status: 'cancelled', venueOrderId: null, endedAt: at, reason: 'missing', nextAskAt: at }, 'missing');",
  },
  {
    name: 'late fill of an ended order dropped',
    seenBy: 1,
    file: `${CORE}booking.ts`,
    find: '  const order = orderById(trade, fill.clientOrderId);\n',
    replace:
      '  const order = orderById(trade, fill.clientOrderId);\n  if (order !== null && !isLive(order)) return result;\n',
  },
  {
    name: 'no exit reservation',
    seenBy: 9,
    file: `${CORE}exits.ts`,
    find: '    return smaller(claimable(trade, slot) - occupied(trade, slot), freeOf(trade));',
    replace:
      '    return (slot.quantity - liveQuantity(inSlot(trade, role, slot.index))) as Quantity;',
  },
  {
    name: 'what is reported but not booked is exited again',
    seenBy: 3,
    file: `${CORE}exits.ts`,
    find: '  return orders.reduce((sum, order) => sum + unbookedQuantity(order), 0n);',
    replace: '  return orders.reduce((sum, order) => sum + 0n * unbookedQuantity(order), 0n);',
  },
  {
    name: 'the rest of the entry is forgotten on close',
    seenBy: 14,
    file: `${CORE}derive.ts`,
    find: '  next = stopWhileBare(next, at, before);\n  next = stopEntering(next, at);',
    replace: '  next = stopWhileBare(next, at, before);',
  },
  {
    name: 'no stop for a partial entry',
    seenBy: 1,
    file: `${CORE}exits.ts`,
    find: '  if (isFrozen(trade) || openQuantity(trade) === 0n) return [];',
    replace: '  if (isFrozen(trade) || openQuantity(trade) < trade.plan.quantity) return [];',
  },
  {
    name: 'a refused close is not tried again',
    seenBy: 1,
    file: `${CORE}exits.ts`,
    find: "  if (role === 'close') return ordersOf(trade, role).length < LEGS_MAX * REVISIONS_MAX;",
    replace: "  if (role === 'close') return ordersOf(trade, role).length < 1;",
  },
  {
    name: 'restart sends again what it had in hand',
    seenBy: 2,
    file: `${CORE}step.ts`,
    find: "      return toUnknown(next, order, at, 'gateway restarted');",
    replace: '      return resubmit(next, order, at);',
  },
  {
    name: 'no sweep of executions',
    seenBy: 12,
    file: `${GATEWAY}venue/sweep.ts`,
    find: '    await bookMissing(parts, since);',
    replace: '',
  },
  {
    name: 'no sweep of open orders',
    seenBy: 100,
    file: `${GATEWAY}venue/sweep.ts`,
    find: '    await openOrders();\n    await parts.drift(executions);',
    replace: '    await parts.drift(executions);',
  },
  {
    name: 'send before store',
    seenBy: 1,
    file: `${GATEWAY}journal/journal.ts`,
    find: '      for (const work of engagingFirst(accepted)) stage.add(work);',
    replace:
      '      for (const work of engagingFirst(accepted)) stage.add(work);\n      this.options.perform([...stage.effects]);',
  },
  {
    name: 'promises of a dead process are performed again',
    seenBy: 3,
    file: `${GATEWAY}recovery.ts`,
    find: "    journal.write({ type: 'closeOutbox', ids: outbox.map((row) => row.id), at }),\n",
    replace: '',
  },
  {
    name: 'commands are taken twice',
    seenBy: 80,
    file: `${GATEWAY}journal/accept-commands.ts`,
    find: '    if (isFirst && stored.has(id)) return work;',
    replace: '    if (isFirst) return work;',
  },
  {
    name: 'listing older than the stream wins',
    seenBy: 4,
    file: `${CORE}order.ts`,
    find: "  if (!isLive(order) || report.status === 'unrecognised') return phase;",
    replace: "  if (report.status === 'unrecognised') return phase;",
  },
  {
    name: 'a dead clock',
    seenBy: 1,
    file: `${GATEWAY}trade-clock.ts`,
    find: '    if (stopped || dues.length === 0 || lookAt >= waitingFor) return;',
    replace: '    return;',
  },
  {
    name: 'fence ignored',
    seenBy: 3,
    file: `${GATEWAY}journal/journal.ts`,
    find: '      const held = await tx.count();',
    replace: '      const held = { epoch, commits: this.commits + 1 };\n      await tx.count();',
  },
  {
    name: 'close does not wait for the stop',
    seenBy: 1,
    file: `${CORE}exits.ts`,
    find: '  const free = open - liveQuantity(holding) - coming;',
    replace: '  const free = open - held - coming;',
  },
  {
    name: 'a cancel that was asked for counts as done',
    seenBy: 1,
    file: `${CORE}order-changes.ts`,
    find: "      { status: 'cancelling', since: at, venueOrderId, asks: 0, nextAskAt: askAgainAt(at, 2) },",
    replace: "      { status: 'cancelled', venueOrderId, endedAt: at, reason, nextAskAt: at },",
  },
  {
    name: 'an unknown order counts as gone',
    seenBy: 10,
    file: `${CORE}order.ts`,
    find: "    case 'unknown':\n    case 'working':\n    case 'cancelling':\n      return true;",
    replace:
      "    case 'working':\n    case 'cancelling':\n      return true;\n    case 'unknown':\n      return false;",
  },
  {
    name: 'corrections are ignored',
    seenBy: 14,
    file: `${CORE}booking.ts`,
    find: '  const fill = asNews(told, earlier ?? null);\n  if (fill === null) return result;',
    replace: '  const fill = told;\n  if (earlier !== undefined) return result;',
  },
  {
    name: 'an entry is sent again after the trade was closed',
    seenBy: 259,
    file: `${CORE}step.ts`,
    find: '  if (trade.closing !== null || trade.entryStopped !== null) return false;\n  return at',
    replace: '  return at',
  },
  {
    name: 'a fill is left out of the audit',
    seenBy: 1,
    file: `${GATEWAY}journal/audit-rows.ts`,
    find: '  return [...stage.audit, ...events];',
    replace: "  return [...stage.audit, ...events.filter(({ kind }) => kind !== 'fillBooked')];",
  },
  {
    name: 'the end of an order is left out of the audit',
    seenBy: 1,
    file: `${GATEWAY}journal/audit-rows.ts`,
    find: '  return [...stage.audit, ...events];',
    replace: "  return [...stage.audit, ...events.filter(({ kind }) => kind !== 'orderChanged')];",
  },
  {
    name: 'audit rows are linked to the row before the last',
    seenBy: 1,
    file: `${GATEWAY}journal/audit-rows.ts`,
    find: '    head = { seq: entry.seq, hash };',
    replace: '    head = { seq: entry.seq, hash: previousHash };',
  },
  {
    name: 'a request leaves before its audit row is kept',
    seenBy: 10,
    file: `${GATEWAY}venue/audited-broker.ts`,
    find: "    await journal.write({ type: 'audit', row: row('brokerRequest', { request }) });",
    replace: "    after(journal, row('brokerRequest', { request }));",
  },
  {
    name: 'the brake lets entries pass',
    seenBy: 9,
    file: `${CORE}risk/rules/brake.ts`,
    find: "facts.brake === 'released'",
    replace: 'facts.brake !== undefined',
  },
  {
    name: 'the brake is forgotten at restart',
    seenBy: 60,
    file: 'services/order-gateway/simulation/disk.ts',
    find: '    brake: brakeFromStored(disk.brake),',
    replace:
      "    brake: brakeFromStored(disk.brake === null ? null : { ...disk.brake, state: 'released' }),",
  },
];
