import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { z } from 'zod';
import type { RunReport } from '../report.ts';
import { walkForwardPage } from '../walk-forward/walk-forward-page.ts';
import type { WalkForwardReport } from '../walk-forward/walk-forward-report.ts';
import { runPage } from './run-page.ts';

/** As the command line of the platform tells it: the fields of what is over files. */
const storedReport = z.union([
  z.custom<WalkForwardReport>((said) => hasAll(said, ['figures', 'daily', 'windows'])),
  z.custom<RunReport>((said) => hasAll(said, ['figures', 'daily'])),
]);

function hasAll(said: unknown, names: readonly string[]): boolean {
  return typeof said === 'object' && said !== null && names.every((name) => name in said);
}

/** What is stored, drawn where pages are made. */
export function addPage(program: Command): void {
  program
    .command('page')
    .description('a stored run or walk-forward, told on standard input, as a page with pictures')
    .exitOverride()
    .requiredOption('--html <path>', 'where to')
    .action(async ({ html }: { readonly html: string }) => {
      const report = storedReport.parse(JSON.parse(await text(process.stdin)));
      writeFileSync(html, 'windows' in report ? walkForwardPage(report) : runPage(report));
    });
}
