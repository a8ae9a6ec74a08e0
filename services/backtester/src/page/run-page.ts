import { drawdowns, returnsOf } from '@ballast/backtest-core';
import type { RunReport } from '../report.ts';
import { linePicture } from './line-picture.ts';
import { monthsTable } from './months-table.ts';
import { STYLE } from './style.ts';

/** A run as one page that needs nothing else: figures, equity, falls from the peak, months. */
export function runPage(report: RunReport): string {
  const { request, data, daily, gates } = report;
  const time = Float64Array.from(daily.time);
  const equity = Float64Array.from(daily.equity);
  const returns = returnsOf(equity);
  const falls = Float64Array.of(0, ...drawdowns(returns));
  const title = `${request.strategy} on ${instrumentsOf(request.bars)}`;
  const money = (value: number): string => Math.round(value).toLocaleString('en-US');
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const figures = Object.entries(report.figures).map(([name, { value, reason }]) =>
    row(spaced(name), value === null ? `none (${reason})` : value.toFixed(4)),
  );
  const about = [
    row('bars', `${data.bars} of ${request.timeframe}`),
    row('from, to (UTC)', `${data.from.slice(0, 10)}, ${data.to.slice(0, 10)}`),
    row('data', `${data.hash.slice(0, 16)}…`),
    row('parameters', JSON.stringify(request.parameters)),
    row('signals', `${report.signals}: ${report.entered} entered, ${report.blocked} blocked`),
    row('equity', `${money(report.equity.begin)} to ${money(report.equity.end)}`),
    row('fees, funding', `${report.fees.toFixed(2)}, ${report.funding.toFixed(2)}`),
  ];
  const blocked = gates.map(
    ({ gate, blocked: count, saved, missed, unknown }) =>
      `<tr><th scope="row">${gate}</th><td>${count}</td><td>${saved.toFixed(2)}</td>` +
      `<td>${missed.toFixed(2)}</td><td>${unknown}</td></tr>`,
  );
  const warnings = report.warnings.map((text) => `<li>${escaped(text)}</li>`);
  const pictures = [
    picture(
      'Equity, at the end of each day (UTC)',
      linePicture(
        { time, value: equity },
        {
          ...{ title: 'equity', format: money, fillFrom: null },
        },
      ),
    ),
    picture(
      'Fall from the highest equity',
      linePicture(
        { time, value: falls },
        {
          ...{ title: 'drawdown', format: percent, fillFrom: 0 },
        },
      ),
    ),
  ];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    `<div class="columns"><table>${about.join('')}</table><table>${figures.join('')}</table></div>`,
    ...pictures,
    `<h2>Returns by month</h2><div class="wide">${monthsTable(time.slice(1), returns)}</div>`,
    blocked.length === 0 ? '' : gatesTable(blocked),
    warnings.length === 0 ? '' : `<h2>Warnings</h2><ul>${warnings.join('')}</ul>`,
    '</main></body></html>\n',
  ].join('\n');
}

const NAMED_MAX = 3;

/** By name where they are few. */
export function instrumentsOf(bars: RunReport['request']['bars']): string {
  if (bars.length > NAMED_MAX) return `${bars.length} instruments`;
  return bars.map(({ instrument }) => instrument).join(', ');
}

function gatesTable(rows: readonly string[]): string {
  const names = ['gate', 'blocked', 'saved', 'missed', 'unknown'];
  const head = names.map((name) => `<th scope="col">${name}</th>`).join('');
  const table = `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return `<h2>What stood in the way, and what it would have come to</h2>${table}`;
}

const row = (name: string, value: string): string =>
  `<tr><th scope="row">${name}</th><td>${escaped(value)}</td></tr>`;
const picture = (name: string, svg: string): string => `<h2>${name}</h2>${svg}`;
/** `annualSharpe` as words. */
const spaced = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
