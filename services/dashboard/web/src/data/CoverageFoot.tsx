import { Button } from '@mantine/core';
import type { CoverageInfo } from '../api/shapes.ts';
import { count } from '../format/number.ts';

type Props = { grid: CoverageInfo; page: number; onPage: (page: number) => void };

/** Which of the rows are shown, and the way to the others. */
export function CoverageFoot({ grid, page, onPage }: Props) {
  const { shown, rowsPerPage, rows } = grid;
  const first = page * rowsPerPage;
  const from = rows.length === 0 ? 0 : first + 1;
  const isLast = first + rows.length >= shown;
  return (
    <nav className="coverage-foot" aria-label="Pages of the grid">
      <span data-testid="coverage-rows">
        {count(from)} to {count(first + rows.length)} of {count(shown)} instruments
      </span>
      {(page > 0 || !isLast) && (
        <span className="coverage-pages">
          <Button
            size="compact-sm"
            variant="default"
            disabled={page === 0}
            onClick={() => onPage(page - 1)}
          >
            Previous
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={isLast}
            onClick={() => onPage(page + 1)}
            data-testid="coverage-next"
          >
            Next
          </Button>
        </span>
      )}
    </nav>
  );
}
