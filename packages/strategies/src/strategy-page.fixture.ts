import type { Strategy } from './model.ts';
import { type ParameterRow, parametersOf } from './parameter-table.ts';

/** The line below the title of a strategy's page. */
export function factsOf(strategy: Strategy): string {
  const { name, timeframe, market, directions, needs } = strategy;
  const { warmUp } = strategy.model();
  const known = needs.length === 0 ? 'its bars alone' : `its bars and \`${needs.join('`, `')}\``;
  return (
    `\`${name}\` · ${timeframe} bars · market \`${market}\` · ${directions.join(' and ')} · ` +
    `needs ${known} · warm-up ${warmUp} bars`
  );
}

/** The table of a strategy's parameters, as it stands in its page. */
export function parameterTable(strategy: Strategy): string {
  return [
    '| Parameter | Default | From | To | What it is |',
    '|---|---|---|---|---|',
    ...parametersOf(strategy).map(rowOf),
  ].join('\n');
}

function rowOf({ name, byDefault, range, meaning }: ParameterRow): string {
  const ends = range === null ? ['no', 'yes'] : [String(range.min), String(range.max)];
  const usual = typeof byDefault === 'boolean' ? (byDefault ? 'yes' : 'no') : String(byDefault);
  return `| \`${name}\` | ${usual} | ${ends.join(' | ')} | ${meaning} |`;
}

/** The row of a strategy in the table of all, without its last cell, which is the page's own. */
export function indexRow({ name, timeframe, market, directions }: Strategy): string {
  return `| [${name}](${name}.md) | ${market} | ${timeframe} | ${directions.join(', ')} |`;
}
