import { ALL_STRATEGIES, gateLimits } from '@ballast/strategies';
import { z } from 'zod';

const FOR_HELP: readonly string[] = ['--help', '-h'];
const NAME_WIDTH = 26;

export const asksForHelp = (words: readonly string[]): boolean =>
  words.some((word) => FOR_HELP.includes(word));

/** Above each of the two ways in which a command is asked. */
export const OVER_FILES = 'Over files of bars; no platform need run:\n\n';
export const OVER_STORED = '\nOver the bars of the running platform; the result is stored:\n\n';
export const OF_FOLDERS = 'Of sweeps in folders; no platform need run:\n\n';
export const OF_STORED = '\nOf the sweeps that the running platform has stored:\n\n';

const limitShape = z.looseObject({ description: z.string(), default: z.unknown() });

/** What `--strategy`, `--set` and `--gate` may name, with the defaults of the limits. */
export function namesHelp(): string {
  const { properties = {} } = z.toJSONSchema(gateLimits, { io: 'input' });
  const limits = Object.entries(properties).map(([name, property]) => {
    const { description, default: value } = limitShape.parse(property);
    return `  ${name.padEnd(NAME_WIDTH)}${description} (default: ${textOf(value)})`;
  });
  return [
    '\nA <part> is a number from 0 to 1: 0.01 is 1 %. A time names its zone; a day begins at 00:00 UTC.',
    `Strategies: ${ALL_STRATEGIES.map(({ name }) => name).join(', ')}`,
    'Their parameters for --set and --vary, with ranges and defaults: docs/strategies',
    'Limits for --gate; those that end in Ms are milliseconds, the others parts unless said:',
    ...limits,
    '',
  ].join('\n');
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(',') || 'none' : String(value);
