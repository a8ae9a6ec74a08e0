import { monthlyReturns } from '@ballast/backtest-core';

export const MONTHS = [
  ...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
  ...['Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
];

/** Returns by month, a row a year; `time` is the day on which each was made. */
export function monthsTable(time: Float64Array, returns: Float64Array): string {
  const cell = (part: number | null): string => {
    if (part === null) return '<td></td>';
    return `<td class="${part < 0 ? 'down' : 'up'}">${(100 * part).toFixed(1)}</td>`;
  };
  const rows = monthlyReturns(time, returns).map(({ year, months, total }) => {
    return `<tr><th scope="row">${year}</th>${months.map(cell).join('')}${cell(total)}</tr>`;
  });
  const head = [...MONTHS, 'Year'].map((name) => `<th scope="col">${name}</th>`).join('');
  const names = `<thead><tr><th scope="col">%</th>${head}</tr></thead>`;
  return `<table class="months">${names}<tbody>${rows.join('')}</tbody></table>`;
}
