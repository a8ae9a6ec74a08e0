import {
  bestScores,
  settingHistory,
  settingsToCome,
  strategySoak,
  strategySwitchesInForce,
  systemSettingsInForce,
} from '@ballast/db';
import {
  InvalidInput,
  STRATEGIES,
  parsed,
  parseSettingKey,
  parseSettingValue,
  scoreText,
  type SettingKey,
  settingOf,
  soakMissingDays,
  soakText,
  STRATEGY_SWITCHES,
} from '@ballast/domain';
import { z } from 'zod';
import { commandIdText, reasonText } from './command-inputs.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorProcedure, readProcedure, router } from './trpc.ts';

const SCORES_MAX = 100;

/** What may trade: three switches a strategy, and how long it has been watched. */
export function strategiesApi({ db, now, desk }: Dashboard) {
  return router({
    /** `inForce` is null when nobody has ever set that switch, which is off then. */
    list: readProcedure.query(async () => {
      const at = now();
      const rows = await strategySwitchesInForce(db, at);
      return Promise.all(
        STRATEGIES.map(async (strategy) => {
          const soak = await strategySoak(db, strategy, at);
          return {
            strategy,
            switches: STRATEGY_SWITCHES.map((name) => ({
              switch: name,
              inForce: rows.find((row) => row.strategy === strategy && row.switch === name) ?? null,
            })),
            soak: {
              ...soak,
              missingDays: soakMissingDays(soak, at),
              text: soakText(soak, at),
            },
          };
        }),
      );
    }),
    /** The best of each strategy, or of one, as of the newest bars that it closed. */
    scores: readProcedure
      .input(
        z.strictObject({
          strategy: z.enum(STRATEGIES).nullable(),
          top: z.int().min(1).max(SCORES_MAX),
        }),
      )
      .query(async ({ input }) => {
        const best = await bestScores(db, input);
        return best.map(({ rows, ...of }) => ({
          ...of,
          rows: rows.map(({ parts, ...row }) => ({ ...row, text: scoreText(row.score, parts) })),
        }));
      }),
    setSwitch: operatorProcedure
      .input(
        z.strictObject({
          commandId: commandIdText,
          strategy: z.enum(STRATEGIES),
          switch: z.enum(STRATEGY_SWITCHES),
          on: z.boolean(),
          /** Buy on although the soak is not over. */
          override: z.literal(true).optional(),
          reason: reasonText,
        }),
      )
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'setStrategySwitch', body }),
      ),
  });
}

const keyText = parsed(parseSettingKey);

/** Numbers that the platform goes by. */
export function systemSettingsApi({ db, now, desk }: Dashboard) {
  return router({
    list: readProcedure.query(async () => {
      const at = now();
      const { all } = await systemSettingsInForce(db, at);
      const toCome = await settingsToCome(db, at);
      return all.map(({ key, value, row }) => ({
        ...{ key, value, ...declared(key) },
        inForce: row === null ? null : dated(row),
        toCome: toCome.filter((one) => one.key === key).map(dated),
      }));
    }),
    history: readProcedure
      .input(z.strictObject({ key: keyText }))
      .query(async ({ input }) => (await settingHistory(db, input.key)).map(dated)),
    set: operatorProcedure
      .input(
        z
          .strictObject({
            commandId: commandIdText,
            key: keyText,
            value: z.number(),
            /** Epoch ms; absent: from now on. */
            from: z.int().positive().optional(),
            reason: reasonText,
          })
          .superRefine(({ key, value }, context) => {
            const message = valueFault(key, value);
            if (message !== null) context.addIssue({ code: 'custom', message, path: ['value'] });
          }),
      )
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'setSystemSetting', body }),
      ),
  });
}

function valueFault(key: SettingKey, value: unknown): string | null {
  try {
    parseSettingValue(key, value);
    return null;
  } catch (error) {
    if (error instanceof InvalidInput) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function declared(key: SettingKey) {
  const { fallback, unit, range, does, changes } = settingOf(key);
  return { fallback, unit, range, does, changes };
}

type SettingRow = Awaited<ReturnType<typeof settingHistory>>[number];

function dated({ id, value, effectiveFrom, setAt, actor, reason }: SettingRow) {
  return { id, value, effectiveFrom, setAt, actor, reason };
}
