import type { CellReason, CellView } from '@ballast/dashboard-server/api';
import { coverageShare } from '@ballast/domain';
import { count } from '../format/number.ts';

export type CellText = {
  /** A shape for each colour: the colour is never alone. */
  readonly mark: string;
  /** "98.33 %", never rounded up; "never" or a dash where there is none. */
  readonly share: string;
  /** How many bars it is about; empty where there is nothing to count. */
  readonly note: string;
};

const MARKS: Record<CellView['colour'], string> = { green: '✓', amber: '!', red: '✕', none: '' };

export function cellText(cell: CellView): CellText {
  return { mark: MARKS[cell.colour], share: shareText(cell), note: noteOf(cell) };
}

function shareText(cell: CellView): string {
  const share = coverageShare(cell);
  if (share !== null) return `${share} %`;
  return cell.reason === 'NEVER_LOOKED_AT' ? 'never' : '—';
}

function noteOf({ reason, missing, empty, unheard }: CellView): string {
  if (missing > 0) return `${count(missing)} missing`;
  if (reason === 'MISSING_LATELY') return 'missing';
  if (reason === 'LOOK_LATE') return 'look late';
  if (reason === 'UNHEARD') return `${count(unheard)} unheard`;
  return reason === 'EMPTY_CONFIRMED' ? `${count(empty)} empty` : '';
}

/** Why a cell has its colour, for a sentence. */
export const REASON_TEXT: Record<CellReason, string> = {
  WHOLE: 'Nothing is missing.',
  NONE_DUE: 'No bar of this length lies in the window as a whole.',
  EMPTY_CONFIRMED:
    'Nothing is missing: the venue confirms that nothing was traded in the empty ones.',
  UNHEARD:
    'Nothing is missing of what the source that was asked hears, which is a part of the market only.',
  LOOK_LATE: 'Nothing is missing as far as was looked; newer bars are due and not looked for yet.',
  SOME_MISSING: 'Bars are missing.',
  MANY_MISSING: 'More than 1 % of the bars are missing.',
  MISSING_LATELY: 'Bars of the last 24 hours are missing.',
  NEVER_LOOKED_AT: 'Nobody has looked for these bars: what is missing is not known.',
};
