import { stripVTControlCharacters } from 'node:util';

/** What failed, by the name it is looked for, and why. */
export type Failure = { readonly name: string; readonly message: string };

const MESSAGE_LINES_MAX = 15;
/** Places in the test's runner: where we are in our own code is what helps. */
const FOREIGN = /^\s+at .*(node_modules|node:internal|<anonymous>)/;
const LINE_LENGTH_MAX = 400;
/** When that much is broken the first messages tell; the others are named. */
const WITH_MESSAGE_MAX = 20;

/**
 * What failed, told again in one piece: a log is cut off at its beginning, and what a lane said of
 * its failures may lie thousands of lines before the end. Empty when nothing failed.
 */
export function failureText(failures: readonly Failure[]): string {
  if (failures.length === 0) return '';
  const blocks = failures.map(({ name, message }, index) =>
    [`FAILED ${plain(name)}`, ...(index < WITH_MESSAGE_MAX ? beginning(message) : [])].join('\n'),
  );
  return `\n${blocks.join('\n')}\n\n`;
}

function beginning(message: string): string[] {
  const lines = plain(message)
    .trimEnd()
    .split('\n')
    .filter((line) => !FOREIGN.test(line));
  const shown = lines.slice(0, MESSAGE_LINES_MAX).map((line) => `  ${cut(line)}`);
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, `  … ${more} more lines`] : shown;
}

const plain = (text: string): string => stripVTControlCharacters(text);
const cut = (line: string): string =>
  line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX)} …` : line;
