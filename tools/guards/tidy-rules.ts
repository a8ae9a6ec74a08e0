/** Folder and file names that say nothing about what is inside. */
export const EMPTY_NAMES = [
  'util',
  'utils',
  'common',
  'helper',
  'helpers',
  'base',
  'types',
  'misc',
];

export interface BannedWord {
  pattern: RegExp;
  instead: string;
  /** The words of a venue's wire protocol are allowed where that protocol is spoken. */
  allowedOnWire?: true;
}

/** Written in pieces where the plain word would be found in this file. */
export const BANNED_WORDS: readonly BannedWord[] = [
  { pattern: /\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b/, instead: 'do it now, or open an issue' },
  { pattern: /\b(ox|es)lint-disab[l]e/, instead: 'code that keeps the rule' },
  { pattern: /@ts-(ignor[e]|nochec[k]|expect-erro[r])/, instead: 'code that type-checks' },
  { pattern: /\.(onl[y]|ski[p]|tod[o])\(/, instead: 'a test that runs' },
  {
    pattern: /expect\((true|1)\)\.to(Be|Equal)\((true|1)\)/,
    instead: 'an assertion that can fail',
  },
  { pattern: /\b(qt[y]|Qt[y])\b|[a-z]Qt[y]\b/, instead: 'quantity', allowedOnWire: true },
  { pattern: /\bcance[l]ed\b/, instead: 'cancelled', allowedOnWire: true },
  { pattern: /\bclOrdI[d]\b/, instead: 'clientOrderId', allowedOnWire: true },
  { pattern: /\b(pnlSu[m]|sumPn[l])\b/, instead: 'the portfolio snapshots of the gateway' },
  { pattern: /\b(side|order)Enu[m]\b/, instead: 'a union of string literals' },
];

export const WIRE_FOLDERS = [
  'packages/brokers/',
  'packages/feeds/',
  'services/venue-simulator/',
  'tools/drills/by-hand.ts',
  'tools/conformance/harness.ts',
];

export const FILE_LINES_MAX = 400;
export const FILE_LINES_WARN = 250;
export const MAIN_LINES_MAX = 100;
export const LINE_LENGTH_MAX = 100;
export const FILE_BYTES_MAX = 1_500_000;
