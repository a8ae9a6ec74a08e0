import { STRATEGIES, type StrategyName } from '@ballast/domain';
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ScoresInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { count } from '../format/number.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { ScoreRow } from './ScoreRow.tsx';

const REFRESH_MS = 5_000;
const OF_EACH = 3;
const OF_ONE = 25;

/** The best instruments of each watched strategy, with what their scores are made of. */
export function ScoresPanel() {
  const [strategy, setStrategy] = useState<StrategyName | null>(null);
  const query = useQuery({
    ...trpc.strategies.scores.queryOptions({
      strategy,
      top: strategy === null ? OF_EACH : OF_ONE,
    }),
    refetchInterval: REFRESH_MS,
  });
  // Of all strategies together those that have nothing to say are left out.
  const shown = (query.data ?? []).filter(({ scored }) => strategy !== null || scored > 0);
  return (
    <Panel
      title="Scores"
      aside={
        <NativeSelect
          size="xs"
          aria-label="Scores of which strategy"
          value={strategy ?? ''}
          onChange={({ currentTarget: { value } }) =>
            setStrategy(STRATEGIES.find((name) => name === value) ?? null)
          }
          data={[{ value: '', label: 'Best of each' }, ...STRATEGIES]}
          data-testid="scores-of"
        />
      }
      testId="scores"
    >
      <QueryFault error={query.error} what="Scores" />
      {shown.length === 0 ? (
        <NoRows of={[query]}>
          No scores: a strategy is scored while its watchlist switch is on.
        </NoRows>
      ) : (
        <ScoresTable of={shown} onlyScored={strategy === null} />
      )}
    </Panel>
  );
}

function ScoresTable({ of, onlyScored }: { of: ScoresInfo[]; onlyScored: boolean }) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Strategy</th>
          <th scope="col" className="num">
            Rank
          </th>
          <th scope="col">Instrument</th>
          <th scope="col">Score (0 to 100)</th>
          <th scope="col">Bar opened (UTC)</th>
          <th scope="col">Scored</th>
        </tr>
      </thead>
      {of.map(({ strategy, scored, unscored, rows }) => (
        <tbody key={strategy}>
          <tr>
            <td colSpan={6} className="dim">
              {strategy}: {count(scored)} scored, {count(unscored)} without a score
            </td>
          </tr>
          {rows
            .filter(({ score }) => !onlyScored || score !== null)
            .map((row) => (
              <ScoreRow key={row.instrument} strategy={strategy} row={row} />
            ))}
        </tbody>
      ))}
    </table>
  );
}
