import {
  type StrategyConfigurationRow,
  strategyParametersHistory,
  strategyParametersInForce,
} from '@ballast/db';
import { STRATEGIES, type StrategyParameters } from '@ballast/domain';
import { readInstant } from '../arguments.ts';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

/** What takes a parameter out of the configuration: then the strategy's own default holds. */
const DEFAULT = 'default';
const NUMBER = /^-?\d+(\.\d+)?$/;

/** The parameters in force and all that they were set to. @throws Failure STRATEGY_UNKNOWN */
export async function parametersShow({ db }: Pick<Platform, 'db'>, name: string): Promise<Report> {
  requireKnown(name);
  const inForce = await strategyParametersInForce(db, name, Date.now());
  const history = await strategyParametersHistory(db, name);
  return {
    ok: true,
    data: { strategy: name, parameters: inForce?.parameters ?? {}, inForce, history },
    lines: [
      `${name}: ${parametersText(inForce?.parameters ?? {})}`,
      ...history.map((row) => rowText(row, row.id === inForce?.id)),
    ],
  };
}

/**
 * Changes what is named of the parameters that are in force at `from`, or now.
 * @param changes each `name=value`; `name=default` goes back to the strategy's own default
 * @throws Failure with the refusal's code: PARAMETERS_INVALID, EFFECTIVE_IN_THE_PAST
 */
export async function parametersSet(
  platform: Platform,
  name: string,
  changes: readonly string[],
  given: { readonly reason: string; readonly from?: string },
): Promise<Report> {
  requireKnown(name);
  const from = given.from === undefined ? null : readInstant(given.from);
  const read = changes.map(readChange);
  const { db } = platform;
  const before = await strategyParametersInForce(db, name, from ?? Date.now());
  const parameters = changed(before?.parameters ?? {}, read);
  const { commandId } = await ask(platform, {
    type: 'setStrategyParameters',
    body: { strategy: name, parameters, reason: given.reason, ...(from === null ? {} : { from }) },
  });
  const stored = (await strategyParametersHistory(db, name)).find(({ id }) => id === commandId);
  return {
    ok: stored !== undefined,
    data: { strategy: name, parameters, from: stored?.effectiveFrom ?? null, commandId },
    lines: [
      `${name}: ${parametersText(parameters)}${from === null ? '' : ` from ${timeText(from)} on`}`,
    ],
  };
}

type Change = { readonly name: string; readonly value: string | number | boolean | null };

function readChange(text: string): Change {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (name === '' || value === '') {
    throw new Failure('USAGE', `--set ${text}: write it as name=value`, EXIT.usage);
  }
  if (value === DEFAULT) return { name, value: null };
  if (value === 'true' || value === 'false') return { name, value: value === 'true' };
  return { name, value: NUMBER.test(value) ? Number(value) : value };
}

function changed(before: StrategyParameters, changes: readonly Change[]): StrategyParameters {
  const after = new Map(Object.entries(before));
  for (const { name, value } of changes) {
    if (value === null) after.delete(name);
    else after.set(name, value);
  }
  return Object.fromEntries(after);
}

function requireKnown(name: string): void {
  if (STRATEGIES.some((known) => known === name)) return;
  const known = STRATEGIES.join(', ');
  throw new Failure('STRATEGY_UNKNOWN', `no strategy "${name}": ${known}`, EXIT.usage);
}

function parametersText(parameters: StrategyParameters): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? "the strategy's own defaults" : pairs.join(' ');
}

function rowText(row: StrategyConfigurationRow, inForce: boolean): string {
  const { effectiveFrom, setAt, actor, reason, parameters } = row;
  const told = setAt === effectiveFrom ? '' : ` (said ${timeText(setAt)})`;
  const mark = inForce ? '*' : ' ';
  return `${mark} from ${timeText(effectiveFrom)}${told} by ${actor}: ${parametersText(parameters)}: ${reason}`;
}
