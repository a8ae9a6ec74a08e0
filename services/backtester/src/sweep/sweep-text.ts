import type { runSweep } from './run-sweep.ts';

type Report = Awaited<ReturnType<typeof runSweep>>;

const LABEL_WIDTH = 32;
const line = (label: string, value: string): string => `${label.padEnd(LABEL_WIDTH)}${value}\n`;
const figure = ({ value, reason }: Report['bestSharpe']): string =>
  value === null ? `none (${reason})` : value.toFixed(4);

/** A sweep for people. */
export function sweepText(report: Report): string {
  const { combinations, tried, refused, highest, judgement, walkForward } = report;
  const grown = walkForward.reduce((product, one) => product * (1 + one), 1) - 1;
  const failing = judgement.failing.map(({ check, limit, value, reason }) =>
    line(`  fails ${check}`, `${value?.toFixed(4) ?? reason}, limit ${limit}`),
  );
  return [
    line('combinations', `${combinations}: ${tried} tried, ${refused.length} refused`),
    line('data', report.data.hash),
    line('best by Sharpe', JSON.stringify(report.best?.parameters ?? null)),
    line('its Sharpe of a day', figure(report.bestSharpe)),
    line('deflated Sharpe', figure(report.deflatedSharpe)),
    line('overfitting probability', figure(report.overfittingProbability)),
    line('walk-forward', `${walkForward.length} days, ${(100 * grown).toFixed(2)} %`),
    line('judgement', judgement.ok ? 'passes' : 'fails'),
    ...failing,
    ...highest.map(({ end, entered, parameters }) =>
      line(`  ${end.toFixed(2)}`, `${entered} trades ${JSON.stringify(parameters)}`),
    ),
    ...refused.map(({ code, message, parameters }) =>
      line(`  ${code}`, `${JSON.stringify(parameters)}: ${message.split('\n')[0] ?? ''}`),
    ),
    ...report.warnings.map((text) => `warning: ${text}\n`),
  ].join('');
}
