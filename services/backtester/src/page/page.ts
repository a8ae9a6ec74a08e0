import { drawdowns, type Figure, returnsOf } from '@ballast/backtest-core';
import { type Line, linePicture, type LineLook } from './line-picture.ts';
import { monthsTable } from './months-table.ts';
import { STYLE } from './style.ts';

export type PageParts = {
  readonly title: string;
  readonly about: readonly (readonly [name: string, value: string])[];
  readonly figures: Readonly<Record<string, Figure>>;
  /** At the end of each day, what it was at the begin in front. */
  readonly daily: { readonly time: readonly number[]; readonly equity: readonly number[] };
  /** Markup that is its own. */
  readonly sections: readonly string[];
  readonly warnings: readonly string[];
};

/** A result as one page that needs nothing else: figures, equity, falls from the peak, months. */
export function pageOf({ title, about, figures, daily, sections, warnings }: PageParts): string {
  const { equity, falls, months } = curvesOf(daily);
  const told = Object.entries(figures).map(([name, { value, reason }]) =>
    row(spaced(name), value === null ? `none (${reason})` : digits(value)),
  );
  const facts = about.map(([name, value]) => row(name, value));
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    `<div class="columns"><table>${facts.join('')}</table><table>${told.join('')}</table></div>`,
    picture(EQUITY.name, linePicture(equity, { title: 'equity', ...EQUITY })),
    picture(FALLS.name, linePicture(falls, { title: 'drawdown', ...FALLS })),
    `<h2>Returns by month</h2><div class="wide">${monthsTable(months.time, months.returns)}</div>`,
    ...sections,
    warnings.length === 0 ? '' : `<h2>Warnings</h2><ul>${warnings.map(item).join('')}</ul>`,
    '</main></body></html>\n',
  ].join('\n');
}

const FINE_SPAN = { money: 10, percent: 0.02 } as const;
export function money(value: number, span = Infinity): string {
  const places = span < FINE_SPAN.money ? 2 : 0;
  const digitsShown = { minimumFractionDigits: places, maximumFractionDigits: places };
  return value.toLocaleString('en-US', digitsShown);
}
export const percent = (value: number, span = Infinity): string =>
  `${(100 * value).toFixed(span < FINE_SPAN.percent ? 2 : 1)} %`;

export const EQUITY: LineLook & { readonly name: string } = {
  ...{ name: 'Equity, at the end of each day (UTC)', format: money, fillFrom: null },
};
export const FALLS: LineLook & { readonly name: string } = {
  ...{ name: 'Fall from the highest equity', format: percent, fillFrom: 0 },
};

export type Curves = {
  readonly equity: Line;
  readonly falls: Line;
  /** The day on which each return was made. */
  readonly months: { readonly time: Float64Array; readonly returns: Float64Array };
};

export function curvesOf(daily: PageParts['daily']): Curves {
  const time = Float64Array.from(daily.time);
  const value = Float64Array.from(daily.equity);
  const returns = returnsOf(value);
  return {
    equity: { time, value },
    falls: { time, value: Float64Array.of(0, ...drawdowns(returns)) },
    months: { time: time.slice(1), returns },
  };
}

/** A table that scrolls by itself where the screen is narrow. */
export function tableOf(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = names.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows.map(([first = '', ...cells]) => {
    const rest = cells.map((cell) => `<td>${escaped(cell)}</td>`).join('');
    return `<tr><th scope="row">${escaped(first)}</th>${rest}</tr>`;
  });
  const table = `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
  return `<div class="wide">${table}</div>`;
}

/** Six digits where four would be zeros. */
export const digits = (value: number): string =>
  value.toFixed(value !== 0 && Math.abs(value) < 0.01 ? 6 : 4);

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const row = (name: string, value: string): string =>
  `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`;
const item = (text: string): string => `<li>${escaped(text)}</li>`;
const picture = (name: string, svg: string): string =>
  `<h2>${name}</h2><div class="wide">${svg}</div>`;
/** `annualSharpe` as words. */
const spaced = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
