import { type Figure, monthlyReturns } from '@ballast/backtest-core';
import { HEIGHT, lineMarks, WIDTH } from './line-picture.ts';
import { MONTHS } from './months-table.ts';
import { type Curves, curvesOf, EQUITY, escaped, FALLS, type PageParts, percent } from './page.ts';

const MARGIN = 24;
const [TITLE, LINE, GAP, ROW] = [26, 20, 28, 26];
const FULL = WIDTH + 2 * MARGIN;
/** A month of so much is drawn in the full colour. */
const STRONG = 0.1;

/** resvg knows no variables, so the colours of the light page stand here once more. */
const STYLE = `
text { font-family: 'DejaVu Sans'; font-size: 11px; fill: #556170; }
.title { font-size: 18px; fill: #17202b; } .fact { font-size: 13px; } .head { font-size: 13px; }
.panel { fill: #ffffff; stroke: #d5dce5; }
line { stroke: #d5dce5; } .value { text-anchor: end; dominant-baseline: middle; }
polyline { fill: none; stroke: #1559c7; stroke-width: 1.5; }
.falls polyline { stroke: #c02239; } polygon { fill: #c02239; fill-opacity: 0.2; }
.up { fill: #0b7350; } .down { fill: #c02239; } .none { fill: none; }
.cell { text-anchor: middle; fill: #17202b; }
.year { text-anchor: start; } .warning { fill: #c02239; }
`;

export type PictureParts = {
  readonly title: string;
  /** A line each. */
  readonly facts: readonly string[];
  readonly daily: PageParts['daily'];
  /** How many: a picture says that there are some, the report says which. */
  readonly warnings: number;
};

/** Equity, falls from its peak and the months, as one SVG that is drawn the same everywhere. */
export function pictureOf({ title, facts, daily, warnings }: PictureParts): string {
  const curves = curvesOf(daily);
  const told = warnings === 0 ? facts : [...facts, `${warnings} warnings: see the report`];
  const parts: string[] = [];
  let y = MARGIN + TITLE;
  const text = (kind: string, words: string, at: number): void =>
    void parts.push(`<text class="${kind}" x="${MARGIN}" y="${at}">${escaped(words)}</text>`);
  text('title', title, y - 8);
  for (const [at, fact] of told.entries()) {
    text(at < facts.length ? 'fact' : 'fact warning', fact, (y += LINE) - 6);
  }
  for (const [look, line, kind] of [
    [EQUITY, curves.equity, 'equity'],
    [FALLS, curves.falls, 'falls'],
  ] as const) {
    text('head', look.name, (y += GAP) - 8);
    const box = `x="${MARGIN}" y="${y}" width="${WIDTH}" height="${HEIGHT}"`;
    parts.push(`<rect class="panel" ${box}/>`);
    parts.push(`<svg ${box}><g class="${kind}">${lineMarks(line, look)}</g></svg>`);
    y += HEIGHT;
  }
  text('head', 'Returns by month, %', (y += GAP) - 8);
  const months = monthsGrid(curves.months, y);
  const height = months.end + MARGIN;
  const size = `width="${FULL}" height="${height}" viewBox="0 0 ${FULL} ${height}"`;
  const ground = `<rect width="${FULL}" height="${height}" fill="#eef1f5"/>`;
  const all = `<style>${STYLE}</style>${ground}${parts.join('')}${months.marks}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${all}</svg>`;
}

/** The few figures that say most, in one line. */
export function factsOf(
  figures: Readonly<
    Record<'totalReturn' | 'maximumDrawdown' | 'annualSharpe' | 'probabilisticSharpe', Figure>
  >,
): string {
  const told = (figure: Figure, format: (value: number) => string): string =>
    figure.value === null ? `none (${figure.reason})` : format(figure.value);
  const ratio = (value: number): string => value.toFixed(2);
  return [
    `return ${told(figures.totalReturn, percent)}`,
    `worst fall ${told(figures.maximumDrawdown, percent)}`,
    `Sharpe a year ${told(figures.annualSharpe, ratio)}`,
    `P(skill) ${told(figures.probabilisticSharpe, ratio)}`,
  ].join(', ');
}

function monthsGrid(
  { time, returns }: Curves['months'],
  top: number,
): { readonly marks: string; readonly end: number } {
  const columns = [...MONTHS, 'Year'];
  const width = WIDTH / (columns.length + 1);
  const middle = (column: number): string => (MARGIN + (column + 1.5) * width).toFixed(1);
  const names = columns.map(
    (name, at) => `<text class="cell" x="${middle(at)}" y="${top + 16}">${name}</text>`,
  );
  let y = top + ROW;
  const rows = monthlyReturns(time, returns).map(({ year, months, total }) => {
    const cells = [...months, total].map((part, at) => {
      if (part === null) return '';
      const opacity = (0.1 + 0.5 * Math.min(1, Math.abs(part) / STRONG)).toFixed(2);
      const box = `x="${(MARGIN + (at + 1) * width).toFixed(1)}" y="${y}" width="${width.toFixed(1)}"`;
      const kind = part === 0 ? 'none' : part < 0 ? 'down' : 'up';
      const words = `x="${middle(at)}" y="${y + 17}">${(100 * part).toFixed(1)}`;
      return (
        `<rect class="${kind}" ${box} height="${ROW}" fill-opacity="${opacity}"/>` +
        `<text class="cell" ${words}</text>`
      );
    });
    const label = `<text class="year" x="${MARGIN}" y="${y + 17}">${year}</text>`;
    y += ROW;
    return label + cells.join('');
  });
  return { marks: names.join('') + rows.join(''), end: y };
}
