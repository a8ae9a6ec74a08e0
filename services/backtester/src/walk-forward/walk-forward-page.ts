import { instrumentsOf } from '../page/instruments.ts';
import { digits, money, pageOf, percent, tableOf } from '../page/page.ts';
import { factsOf, pictureOf } from '../page/picture.ts';
import type { WalkForwardReport } from './walk-forward-report.ts';

const COLUMNS = [
  ...['window', 'trained from', 'traded from', 'chosen'],
  ...['return in', 'out', 'Sharpe a day in', 'out', 'trades'],
];

/** A walk-forward as a page: what is drawn is out of sample, end to end. */
export function walkForwardPage(report: WalkForwardReport): string {
  const { request, windows, figures, daily, warnings, efficiency } = report;
  const rows = windows.map(({ window, chosen, inSample, outOfSample }) => [
    ...[String(window), inSample.from, outOfSample.from, chosenText(chosen)],
    ...[percent(inSample.return), percent(outOfSample.return)],
    ...[
      inSample.sharpe.value?.toFixed(3) ?? 'none',
      outOfSample.sharpe.value?.toFixed(3) ?? 'none',
    ],
    String(outOfSample.trades),
  ]);
  return pageOf({
    title: titleOf(report),
    about: [
      [
        'windows',
        `${windows.length} of ${windows[0]?.outOfSample.days ?? 0} days, ${request.mode}`,
      ],
      ['out of sample (UTC)', daysOf(report)],
      ['combinations', String(request.combinations)],
      ['data', `${report.data.hash.slice(0, 16)}…`],
      ['windows won', `${report.windowsWon} of ${windows.length}`],
      ['efficiency', efficiency.value === null ? efficiency.reason : digits(efficiency.value)],
      ['equity', `${money(report.equity.begin)} to ${money(report.equity.end)}`],
      ['trades', String(report.trades)],
      ['fees, funding', `${report.fees.toFixed(2)}, ${report.funding.toFixed(2)}`],
    ],
    ...{ figures, daily, warnings },
    sections: [`<h2>What each training chose, and what came of it</h2>${tableOf(COLUMNS, rows)}`],
  });
}

/** The same as one picture. */
export function walkForwardPicture(report: WalkForwardReport): string {
  const { windows, windowsWon, trades } = report;
  const won = `${windowsWon} of ${windows.length} windows won`;
  return pictureOf({
    title: titleOf(report),
    facts: [`out of sample ${daysOf(report)}, ${trades} trades, ${won}`, factsOf(report.figures)],
    ...{ daily: report.daily, warnings: report.warnings.length },
  });
}

const titleOf = ({ request }: WalkForwardReport): string =>
  `${request.strategy} on ${instrumentsOf(request.bars)}, chosen anew at each window`;
const daysOf = ({ windows }: WalkForwardReport): string =>
  `${windows[0]?.outOfSample.from ?? ''} to ${windows.at(-1)?.outOfSample.to ?? ''}`;
const chosenText = (chosen: WalkForwardReport['windows'][number]['chosen']): string =>
  chosen === null
    ? 'nothing'
    : Object.entries(chosen)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(', ');
