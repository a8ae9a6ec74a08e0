import type { Round } from './gateway.ts';

/** What the order path promises, each against bare commits of the same rows in the same run. */
const TO_SINGLE_MIN = 1.5;
const TO_GROUPED_MIN = 0.5;
const LONE_TO_BARE_MAX = 2;

/** Each figure beside its limit; the middle round counts. */
export function gatewayResult(rounds: readonly Round[]) {
  const toSingle = middle(rounds.map(({ gateway, single }) => gateway / single));
  const toGrouped = middle(rounds.map(({ gateway, grouped }) => gateway / grouped));
  const loneToBare = middle(rounds.map(({ loneMs, bareMs }) => loneMs / bareMs));
  const of = (name: keyof Round): number => middle(rounds.map((round) => round[name]));
  const figures = {
    throughputToSingleCommits: {
      value: toSingle,
      min: TO_SINGLE_MIN,
      ok: toSingle >= TO_SINGLE_MIN,
    },
    throughputToGroupedCommits: {
      ...{ value: toGrouped, min: TO_GROUPED_MIN, ok: toGrouped >= TO_GROUPED_MIN },
    },
    loneCommandToBareCommit: {
      ...{ value: loneToBare, max: LONE_TO_BARE_MAX, ok: loneToBare <= LONE_TO_BARE_MAX },
    },
  };
  return {
    ok: Object.values(figures).every(({ ok }) => ok),
    bench: 'gateway',
    trade: 'command, entry filled, stop and target placed, target filled, stop cancelled',
    figures,
    tradesPerSecond: of('gateway'),
    groupedCommitsTradesPerSecond: of('grouped'),
    singleCommitsOn16TradesPerSecond: of('single'),
    loneCommandDurableMsP50: of('loneMs'),
    loneCommandLeavesMsP50: of('leavesMs'),
    bareCommitMsP50: of('bareMs'),
    rounds,
  };
}

function middle(values: readonly number[]): number {
  const value = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return Number(value.toFixed(3));
}
