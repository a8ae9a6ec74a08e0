import { instrumentsOf } from './page/instruments.ts';
import type { RunReport } from './report.ts';

const LABEL_WIDTH = 28;
const line = (label: string, value: string): string => `${label.padEnd(LABEL_WIDTH)}${value}\n`;
const digits = (value: number): string => {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 2 : size < 0.01 ? 6 : 4);
};

/** A run for people; times are UTC. */
export function textOf(report: RunReport): string {
  const { request, data, equity, figures, gates } = report;
  const counts = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  const instruments = instrumentsOf(request.bars);
  const head = [
    line('strategy', `${request.strategy} on ${instruments}, ${request.timeframe}`),
    line('bars', `${data.bars}, ${data.from} to ${data.to}`),
    line('data', data.hash),
    line('signals', `${report.signals}: ${report.entered} entered, ${report.blocked} blocked`),
    ...gates.map(({ gate, blocked, saved, missed }) =>
      line(`  blocked by ${gate}`, `${blocked}, saved ${digits(saved)}, missed ${digits(missed)}`),
    ),
    line('gates not asked', counts(report.notAsked)),
    line('left by', counts(report.exits)),
    line('equity', `${digits(equity.begin)} to ${digits(equity.end)}`),
    line('fees, funding', `${digits(report.fees)}, ${digits(report.funding)}`),
  ];
  const rows = Object.entries(figures).map(([name, { value, reason }]) =>
    line(name, value === null ? `none (${reason})` : digits(value)),
  );
  const warnings = report.warnings.map((text) => `warning: ${text}\n`);
  return [...head, ...rows, ...warnings].join('');
}
