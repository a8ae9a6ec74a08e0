import { instrumentsOf } from '../page/instruments.ts';
import type { WalkForwardReport } from './walk-forward-report.ts';

const LABEL_WIDTH = 28;
const line = (label: string, value: string): string => `${label.padEnd(LABEL_WIDTH)}${value}\n`;
const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;
const figure = ({ value, reason }: WalkForwardReport['efficiency']): string =>
  value === null ? `none (${reason})` : value.toFixed(Math.abs(value) < 0.01 ? 6 : 4);

/** A walk-forward for people; days are UTC. */
export function walkForwardText(report: WalkForwardReport): string {
  const { request, windows, equity } = report;
  return [
    line('strategy', `${request.strategy} on ${instrumentsOf(request.bars)}, ${request.timeframe}`),
    line('data', report.data.hash),
    line('windows', `${windows.length}, ${request.mode}, ${request.combinations} combinations`),
    ...windows.map(({ window, chosen, inSample, outOfSample }) =>
      line(
        `  ${window} from ${outOfSample.from}`,
        `${percent(inSample.return)} in sample, ${percent(outOfSample.return)} out of it, ` +
          `${outOfSample.trades} trades ${JSON.stringify(chosen)}`,
      ),
    ),
    line('windows won', `${report.windowsWon} of ${windows.length}`),
    line('efficiency', figure(report.efficiency)),
    line('equity out of sample', `${equity.begin.toFixed(2)} to ${equity.end.toFixed(2)}`),
    line('trades', String(report.trades)),
    line('fees, funding', `${report.fees.toFixed(2)}, ${report.funding.toFixed(2)}`),
    ...Object.entries(report.figures).map(([name, one]) => line(name, figure(one))),
    ...report.refused.map(({ code, message, parameters }) =>
      line(`  ${code}`, `${JSON.stringify(parameters)}: ${message.split('\n')[0] ?? ''}`),
    ),
    ...report.warnings.map((text) => `warning: ${text}\n`),
  ].join('');
}
