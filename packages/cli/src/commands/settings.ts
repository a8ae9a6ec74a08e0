import { settingHistory, settingsToCome, systemSettingsInForce } from '@ballast/db';
import {
  InvalidInput,
  neverSetText,
  parseSettingKey,
  parseSettingValue,
  type SettingKey,
  settingOf,
} from '@ballast/domain';
import { readInstant } from '../arguments.ts';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

type Reading = Pick<Platform, 'db'>;
type Row = Awaited<ReturnType<typeof settingHistory>>[number];

/** Every setting with what is in force, what it does and what it may be. */
export async function settingsList({ db }: Reading): Promise<Report> {
  const now = Date.now();
  const { all } = await systemSettingsInForce(db, now);
  const toCome = await settingsToCome(db, now);
  const settings = all.map(({ key, value, row }) => ({
    ...{ key, value, ...declared(key), ...setBy(row) },
    toCome: toCome.filter((one) => one.key === key).map(rowData),
  }));
  return {
    ok: true,
    data: { settings },
    lines: settings.flatMap(({ key, value, unit, does, range, id, toCome: later }) => [
      `${key} = ${value} ${unit}${id === null ? ` (${neverSetText(key)})` : ''}: ${does}; ${range}`,
      ...later.map((row) => `  from ${timeText(row.from)} on: ${row.value}`),
    ]),
  };
}

/** One setting as it is in force, or was or will be at a time. @throws Failure SETTING_UNKNOWN */
export async function settingsGet(
  { db }: Reading,
  name: string,
  given: { readonly at?: string },
): Promise<Report> {
  const key = usage(() => parseSettingKey(name));
  const at = given.at === undefined ? Date.now() : readInstant(given.at);
  const { value, row } = (await systemSettingsInForce(db, at)).inForce(key);
  const { unit, changes } = settingOf(key);
  const by = row === null ? neverSetText(key) : `by ${row.actor}: ${row.reason}`;
  return {
    ok: true,
    data: { key, value, at, ...declared(key), ...setBy(row) },
    lines: [`${key} = ${value} ${unit}, ${by}; ${CHANGES[changes]}`],
  };
}

/**
 * Sets it from now on, or from a time to come. @throws Failure SETTING_UNKNOWN or SETTING_INVALID
 * before anything is sent, then with the refusal's code: EFFECTIVE_IN_THE_PAST
 */
export async function settingsSet(
  platform: Platform,
  name: string,
  text: string,
  given: { readonly reason: string; readonly from?: string },
): Promise<Report> {
  const key = usage(() => parseSettingKey(name));
  const value = usage(() => parseSettingValue(key, readNumber(text)));
  const from = given.from === undefined ? null : readInstant(given.from);
  const { commandId } = await ask(platform, {
    type: 'setSystemSetting',
    body: { key, value, reason: given.reason, ...(from === null ? {} : { from }) },
  });
  const stored = (await settingHistory(platform.db, key)).find(({ id }) => id === commandId);
  const { unit, changes } = settingOf(key);
  const when = from === null ? 'from now on' : `from ${timeText(from)} on`;
  return {
    ok: stored?.value === value,
    data: { key, value, from: stored?.effectiveFrom ?? null, commandId, changes },
    lines: [`${key} = ${value} ${unit} ${when}; ${CHANGES[changes]}`],
  };
}

/** What it was set to, in the order in which it was said. @throws Failure SETTING_UNKNOWN */
export async function settingsHistory({ db }: Reading, name: string): Promise<Report> {
  const key = usage(() => parseSettingKey(name));
  const history = (await settingHistory(db, key)).map(rowData);
  const { fallback, unit } = settingOf(key);
  return {
    ok: true,
    data: { key, fallback, history },
    lines: [
      `${key} is ${fallback} ${unit} where nobody has set it`,
      ...history.map(
        ({ from, setAt, value, actor, reason }) =>
          `from ${timeText(from)} on: ${value}, said ${timeText(setAt)} by ${actor}: ${reason}`,
      ),
    ],
  };
}

const CHANGES = {
  running: 'the next decision goes by it',
  position: 'positions that are opened from then on go by it',
  start: 'services go by it from their next start on',
} as const;

function declared(key: SettingKey) {
  const { fallback, unit, range, does, changes } = settingOf(key);
  return { fallback, unit, range, does, changes };
}

function setBy(row: Row | null) {
  if (row === null) return { from: null, setAt: null, actor: null, reason: null, id: null };
  const { value: _value, ...by } = rowData(row);
  return by;
}

function rowData({ id, value, effectiveFrom, setAt, actor, reason }: Row) {
  return { value, from: effectiveFrom, setAt, actor, reason, id };
}

/** What is no number stays text: its refusal shows what was typed. */
function readNumber(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidInput) throw new Failure(error.code, error.message, EXIT.usage);
    throw error;
  }
}
