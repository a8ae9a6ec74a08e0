import type { CellView } from '@ballast/dashboard-server/api';
import { cellText } from './cell-text.ts';

type Props = {
  cell: CellView;
  symbol: string;
  timeframe: string;
  /** Row and column, for the keys that walk the grid. */
  at: string;
  isTabStop: boolean;
  onFocus: () => void;
  onOpen: () => void;
};

export function CoverageCell({ cell, symbol, timeframe, at, isTabStop, onFocus, onOpen }: Props) {
  const { mark, share, note } = cellText(cell);
  return (
    <td role="gridcell" data-label={timeframe}>
      <button
        type="button"
        className={`coverage-cell coverage-${cell.colour}`}
        tabIndex={isTabStop ? 0 : -1}
        data-at={at}
        data-colour={cell.colour}
        data-testid={`cell-${symbol}-${timeframe}`}
        aria-haspopup="dialog"
        onFocus={onFocus}
        onClick={onOpen}
      >
        <span className="unseen">
          {symbol} {timeframe}, {cell.colour === 'none' ? 'nothing due' : cell.colour}:{' '}
        </span>
        <span className="coverage-share">
          <span aria-hidden="true">{mark} </span>
          {share}
        </span>
        <span className="coverage-note">{note}</span>
      </button>
    </td>
  );
}
