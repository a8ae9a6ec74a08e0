import type { StoredBacktest } from '@ballast/db';
import { z } from 'zod';
import { digits, figure, figureShape, line } from './figure-lines.ts';

const requestShape = z.looseObject({
  instruments: z.array(z.string()),
  walkForward: z.looseObject({ mode: z.string() }),
});
const sideShape = z.looseObject({ from: z.string(), return: z.number(), trades: z.number() });
const resultShape = z.looseObject({
  combinations: z.number(),
  windows: z.array(
    z.looseObject({
      ...{ window: z.number(), chosen: z.unknown() },
      ...{ inSample: sideShape, outOfSample: sideShape },
    }),
  ),
  windowsWon: z.number(),
  efficiency: figureShape,
  equity: z.object({ begin: z.number(), end: z.number() }),
  trades: z.number(),
  figures: z.record(z.string(), figureShape),
  warnings: z.array(z.string()),
});

/** A stored walk-forward that is done, with the fields of one over files. */
export function walkForwardReport({ request, result }: Pick<StoredBacktest, 'request' | 'result'>) {
  const { walkForward, ...asked } = requestShape.parse(request);
  const { combinations, ...report } = resultShape.parse(result);
  const bars = asked.instruments.map((instrument) => ({ file: 'stored', instrument }));
  return { request: { ...asked, bars, ...walkForward, combinations }, ...report };
}

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

/** The same for people; days are UTC. */
export function walkForwardLines(report: ReturnType<typeof walkForwardReport>): string[] {
  const { request, windows, windowsWon, efficiency, equity, figures, warnings } = report;
  return [
    line('windows', `${windows.length}, ${request.mode}, ${request.combinations} combinations`),
    ...windows.map(({ window, inSample, outOfSample, chosen }) => {
      const both = `${percent(inSample.return)} in sample, ${percent(outOfSample.return)} out of it`;
      const what = `${outOfSample.trades} trades ${JSON.stringify(chosen)}`;
      return line(`  ${window} from ${outOfSample.from}`, `${both}, ${what}`);
    }),
    line('windows won', `${windowsWon} of ${windows.length}`),
    line('efficiency', figure(efficiency)),
    line('equity out of sample', `${digits(equity.begin)} to ${digits(equity.end)}`),
    line('trades', String(report.trades)),
    ...Object.entries(figures).map(([name, one]) => line(name, figure(one))),
    ...warnings.map((text) => `warning: ${text}`),
  ];
}
