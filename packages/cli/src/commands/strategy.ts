import {
  strategySoak,
  strategySwitchesInForce,
  strategySwitchHistory,
  type StrategySwitchRow,
} from '@ballast/db';
import {
  STRATEGIES,
  soakMissingDays,
  soakText,
  STRATEGY_SWITCHES,
  type StrategySwitch,
} from '@ballast/domain';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

/** What a switch is to be; what is not named stays as it is. */
export type Wanted = { readonly [S in StrategySwitch]?: boolean };

/** The three switches of all, and their soaks; of one strategy also all that was ever set. */
export async function strategyShow({ db }: Pick<Platform, 'db'>, name?: string): Promise<Report> {
  if (name !== undefined) requireLive(name);
  const now = Date.now();
  const rows = await strategySwitchesInForce(db, now);
  const shown = STRATEGIES.filter((strategy) => name === undefined || strategy === name);
  const strategies = await Promise.all(
    shown.map(async (strategy) => {
      const soak = await strategySoak(db, strategy, now);
      return {
        strategy,
        switches: STRATEGY_SWITCHES.map((which) => switchOf(rows, strategy, which)),
        soak: { ...soak, missingDays: soakMissingDays(soak, now) },
        text: soakText(soak, now),
      };
    }),
  );
  const history = name === undefined ? [] : await strategySwitchHistory(db, name);
  return {
    ok: true,
    data: { strategies, ...(name === undefined ? {} : { history }) },
    lines: [
      ...strategies.flatMap(({ strategy, switches, text }) => [
        `${strategy}: ${text}`,
        ...switches.map(switchLine),
      ]),
      ...(history.length === 0 ? [] : ['so far:', ...history.map(switchLine)]),
    ],
  };
}

/**
 * Sets switches of a strategy, one command each, and reads back what is in force. The first that is
 * refused ends it.
 * @throws Failure with the refusal's code: SOAK_NOT_OVER says how many days are missing
 */
export async function strategySwitch(
  platform: Platform,
  name: string,
  wanted: Wanted,
  given: { readonly reason: string; readonly override: boolean },
): Promise<Report> {
  requireLive(name);
  const asked = STRATEGY_SWITCHES.filter((which) => wanted[which] !== undefined);
  if (given.override && wanted.buy !== true) {
    throw new Failure('USAGE', '--override goes with --buy on', EXIT.usage);
  }
  const commandIds: string[] = [];
  let at = Date.now();
  for (const which of asked) {
    const on = wanted[which] === true;
    const override = which === 'buy' && given.override ? { override: true } : {};
    const body = { strategy: name, switch: which, on, ...override, reason: given.reason };
    const taken = await ask(platform, { type: 'setStrategySwitch', body });
    commandIds.push(taken.commandId);
    at = Math.max(at, taken.takenAt);
  }
  const rows = await strategySwitchesInForce(platform.db, Math.max(at, Date.now()));
  const switches = asked.map((which) => switchOf(rows, name, which));
  return {
    ok: switches.every((row) => row.on === wanted[row.switch]),
    data: { strategy: name, switches, commandIds },
    lines: [`${name}:`, ...switches.map(switchLine)],
  };
}

function requireLive(name: string): void {
  if (STRATEGIES.some((known) => known === name)) return;
  const known = STRATEGIES.join(', ');
  throw new Failure('STRATEGY_UNKNOWN', `no strategy "${name}": ${known}`, EXIT.usage);
}

/** Without a row it was never set, and is off. */
function switchOf(rows: readonly StrategySwitchRow[], strategy: string, which: StrategySwitch) {
  const row = rows.find((one) => one.strategy === strategy && one.switch === which);
  const {
    id = null,
    override = false,
    effectiveFrom = null,
    actor = null,
    reason = null,
  } = row ?? {};
  return { switch: which, on: row?.on ?? false, override, effectiveFrom, actor, reason, id };
}

type Shown = Pick<
  ReturnType<typeof switchOf>,
  'switch' | 'on' | 'override' | 'effectiveFrom' | 'actor' | 'reason'
>;

function switchLine(row: Shown): string {
  const state = `  ${row.switch.padEnd(9)} ${row.on ? 'on ' : 'off'}`;
  if (row.effectiveFrom === null) return `${state} never set`;
  const overridden = row.override ? ' OVERRIDDEN' : '';
  return `${state}${overridden} since ${timeText(row.effectiveFrom)} by ${row.actor}: ${row.reason}`;
}
