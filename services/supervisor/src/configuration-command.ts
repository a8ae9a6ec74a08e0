import {
  type CommandContext,
  type CommandEntry,
  type CommandVerdict,
  verdictOn,
} from '@ballast/bus';
import { type ConfigurationCommand, passwordHashFault } from '@ballast/db';
import {
  type CommandRefusal,
  type ConfigurationRefusal,
  InvalidInput,
  parseSettingKey,
  parseSettingValue,
  type Producer,
  STRATEGIES,
} from '@ballast/domain';
import { parametersFault, type ParameterSchemas } from './strategy-parameters.ts';

/** The supervisor's own producers; a strategy may not ask for configuration. */
export const CONFIGURATION_PRODUCERS = ['dashboard', 'cli'] as const satisfies readonly Producer[];
export type ConfigurationProducer = (typeof CONFIGURATION_PRODUCERS)[number];

const CONFIGURATION_TAKER = {
  owner: 'supervisor',
  types: ['setStrategySwitch', 'setSystemSetting', 'setStrategyParameters', 'setOperatorPassword'],
  producers: CONFIGURATION_PRODUCERS,
} as const;

/** Why a command is not carried out. */
export type Refusal = {
  readonly code: CommandRefusal | ConfigurationRefusal;
  readonly detail: string;
};

type OwnVerdict = CommandVerdict<ConfigurationCommand['type']>;
export type ConfigurationVerdict =
  | Exclude<OwnVerdict, { kind: 'refused' }>
  | ({ readonly kind: 'refused' } & Refusal);

/** What to do with one entry of a command stream: one that asks for nonsense is refused too. */
export function configurationVerdict(
  entry: CommandEntry,
  context: CommandContext<ConfigurationProducer> & { readonly schemas: ParameterSchemas },
): ConfigurationVerdict {
  const verdict = verdictOn(entry, CONFIGURATION_TAKER, context);
  if (verdict.kind !== 'own') return verdict;
  const fault = bodyFault(verdict.command, context);
  return fault === null ? verdict : { kind: 'refused', ...fault };
}

function bodyFault(
  command: ConfigurationCommand,
  { now, schemas }: { readonly now: number; readonly schemas: ParameterSchemas },
): Refusal | null {
  switch (command.type) {
    case 'setStrategySwitch':
      return unknownStrategy(command.body.strategy, STRATEGIES);
    case 'setSystemSetting':
      return settingFault(command.body) ?? pastFault(command.body.from, now);
    case 'setStrategyParameters': {
      const { strategy, parameters, from } = command.body;
      return (
        unknownStrategy(strategy, STRATEGIES) ??
        parametersFault(strategy, parameters, schemas) ??
        pastFault(from, now)
      );
    }
    case 'setOperatorPassword':
      return malformed(passwordHashFault(command.body.passwordHash));
    default:
      return command satisfies never;
  }
}

function unknownStrategy(strategy: string, known: readonly string[]): Refusal | null {
  return malformed(known.includes(strategy) ? null : `no strategy named "${strategy}"`);
}

function malformed(detail: string | null): Refusal | null {
  return detail === null ? null : { code: 'COMMAND_MALFORMED', detail };
}

function settingFault(body: { readonly key: string; readonly value: unknown }): Refusal | null {
  let key;
  try {
    key = parseSettingKey(body.key);
  } catch (error) {
    return { code: 'SETTING_UNKNOWN', detail: detailOf(error) };
  }
  try {
    parseSettingValue(key, body.value);
    return null;
  } catch (error) {
    return { code: 'SETTING_INVALID', detail: detailOf(error) };
  }
}

function detailOf(error: unknown): string {
  if (error instanceof InvalidInput) return error.message;
  throw error;
}

/** What was in force is never changed afterwards: decisions were made by it. */
function pastFault(from: number | undefined, now: number): Refusal | null {
  if (from === undefined || from >= now) return null;
  const detail = `from ${new Date(from).toISOString()}, and it is ${new Date(now).toISOString()}`;
  return { code: 'EFFECTIVE_IN_THE_PAST', detail };
}
