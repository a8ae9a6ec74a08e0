import {
  type CommandContext,
  type CommandEntry,
  type CommandVerdict,
  verdictOn,
} from '@ballast/bus';
import { type ConfigurationCommand, passwordHashFault } from '@ballast/db';
import { type Producer, STRATEGIES } from '@ballast/domain';

/** The supervisor's own producers; a strategy may not ask for configuration. */
export const CONFIGURATION_PRODUCERS = ['dashboard', 'cli'] as const satisfies readonly Producer[];
export type ConfigurationProducer = (typeof CONFIGURATION_PRODUCERS)[number];

const CONFIGURATION_TAKER = {
  owner: 'supervisor',
  types: ['setStrategySwitch', 'setOperatorPassword'],
  producers: CONFIGURATION_PRODUCERS,
} as const;

/** What to do with one entry of a command stream: one that asks for nonsense is refused too. */
export function configurationVerdict(
  entry: CommandEntry,
  context: CommandContext<ConfigurationProducer>,
): CommandVerdict<ConfigurationCommand['type']> {
  const verdict = verdictOn(entry, CONFIGURATION_TAKER, context);
  if (verdict.kind !== 'own') return verdict;
  const detail = bodyFault(verdict.command);
  if (detail === null) return verdict;
  return { kind: 'refused', commandId: verdict.command.id, code: 'COMMAND_MALFORMED', detail };
}

function bodyFault(command: ConfigurationCommand): string | null {
  if (command.type === 'setStrategySwitch') {
    const { strategy } = command.body;
    return STRATEGIES.some((name) => name === strategy) ? null : `no strategy named "${strategy}"`;
  }
  return passwordHashFault(command.body.passwordHash);
}
