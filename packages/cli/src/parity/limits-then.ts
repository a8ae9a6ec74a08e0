import { type Facts, type GateConfiguration, type GateRefusal, judge } from '@ballast/strategies';

/** What the gates are asked with again, and the limits that were in force. */
export type AskedThen = { readonly facts: Facts; readonly configuration: GateConfiguration };

/** What the account, the strategy or the sector would hold to have no room at all. */
const FULL = Infinity;
const NOTHING_HELD = { account: -FULL, strategy: -FULL, sector: -FULL };

/** For each gate whose facts are not kept: such as it refuses by, one for each of its limits. */
const REFUSED_BY: Readonly<Record<string, (facts: Facts) => readonly Partial<Facts>[]>> = {
  coverage: ({ now }) => [{ gaps: { at: now, value: [{ fromTime: now, bars: 1 }] } }],
  // The age of the bar is known: what it says of that is said again.
  staleness: ({ now }) => [{ quote: { at: now, value: null } }],
  spread: ({ now }) => [{ quote: { at: now, value: { bid: 1, ask: 4 } } }],
  exposure: ({ now }) =>
    (['account', 'strategy', 'sector'] as const).map((what) => ({
      exposure: { at: now, value: { ...NOTHING_HELD, [what]: FULL } },
    })),
};

/**
 * What a gate that let the signal pass would have said, by each limit that was in force, had it
 * seen what is not kept. Empty for a gate whose facts are all kept.
 */
export function refusalsInForce(gate: string, { facts, configuration }: AskedThen): GateRefusal[] {
  const odd = REFUSED_BY[gate]?.(facts) ?? [];
  return odd.flatMap((change) => {
    const judgement = judge({ ...facts, ...change }, configuration);
    return judgement.kind === 'blocked' && judgement.gate === gate ? [judgement.refusal] : [];
  });
}
