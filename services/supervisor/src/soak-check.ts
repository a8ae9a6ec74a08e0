import { type ConfigurationCommand, type Database, strategySoak } from '@ballast/db';
import { soakMissingDays, soakText } from '@ballast/domain';
import type { Refusal } from './configuration-command.ts';

/**
 * Buy is not switched on before the strategy has been watched for long enough, unless the operator
 * overrides it: then the row keeps the reason and that it was overridden.
 */
export async function soakFault(
  db: Database,
  command: ConfigurationCommand,
  now: number,
): Promise<Refusal | null> {
  if (command.type !== 'setStrategySwitch') return null;
  const { strategy, switch: name, on, override } = command.body;
  if (name !== 'buy' || !on || override === true) return null;
  const soak = await strategySoak(db, strategy, now);
  if (soakMissingDays(soak, now) === 0) return null;
  return { code: 'SOAK_NOT_OVER', detail: `${strategy}: ${soakText(soak, now)}` };
}
