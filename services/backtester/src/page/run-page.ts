import type { RunReport } from '../report.ts';
import { instrumentsOf } from './instruments.ts';
import { money, pageOf, tableOf } from './page.ts';
import { factsOf, pictureOf } from './picture.ts';

/** A run as a page. */
export function runPage(report: RunReport): string {
  const { request, data, gates, figures, daily, warnings } = report;
  const blocked = gates.map(({ gate, blocked: count, saved, missed, unknown }) => [
    ...[gate, String(count), saved.toFixed(2), missed.toFixed(2), String(unknown)],
  ]);
  const names = ['gate', 'blocked', 'saved', 'missed', 'unknown'];
  const head = '<h2>What stood in the way, and what it would have come to</h2>';
  return pageOf({
    title: titleOf(report),
    about: [
      ['bars', `${data.bars} of ${request.timeframe}`],
      ['days (UTC)', daysOf(report)],
      ['data', `${data.hash.slice(0, 16)}…`],
      ['parameters', JSON.stringify(request.parameters)],
      ['signals', `${report.signals}: ${report.entered} entered, ${report.blocked} blocked`],
      ['equity', `${money(report.equity.begin)} to ${money(report.equity.end)}`],
      ['fees, funding', `${report.fees.toFixed(2)}, ${report.funding.toFixed(2)}`],
    ],
    ...{ figures, daily, warnings },
    sections: blocked.length === 0 ? [] : [head + tableOf(names, blocked)],
  });
}

/** The same as one picture. */
export function runPicture(report: RunReport): string {
  return pictureOf({
    title: titleOf(report),
    facts: [`${daysOf(report)}, ${report.entered} trades`, factsOf(report.figures)],
    ...{ daily: report.daily, warnings: report.warnings.length },
  });
}

const titleOf = ({ request }: RunReport): string =>
  `${request.strategy} on ${instrumentsOf(request.bars)}`;
const daysOf = ({ data: { from, to } }: RunReport): string =>
  `${from.slice(0, 10)} to ${to.slice(0, 10)}`;
