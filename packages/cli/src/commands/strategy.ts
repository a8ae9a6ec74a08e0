import { switchesInForce } from '@ballast/db';
import { STRATEGIES } from '@ballast/domain';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

/** Sets a strategy's buy switch and reads back what is in force. @throws Failure */
export async function strategy(
  platform: Platform,
  name: string,
  buy: boolean,
  reason: string,
): Promise<Report> {
  if (!STRATEGIES.some((known) => known === name)) {
    throw new Failure(
      'STRATEGY_UNKNOWN',
      `no strategy "${name}": ${STRATEGIES.join(', ')}`,
      EXIT.usage,
    );
  }
  const taken = await ask(platform, {
    type: 'setStrategySwitch',
    body: { strategy: name, buy, reason },
  });
  const switches = await switchesInForce(platform.db, Math.max(taken.takenAt, Date.now()));
  const inForce = switches.find((row) => row.strategy === name);
  return {
    ok: inForce?.buy === buy,
    data: {
      strategy: name,
      buy: inForce?.buy ?? null,
      commandId: taken.commandId,
      settingsId: inForce?.id,
    },
    lines: [`${name}: buy ${inForce?.buy === true ? 'on' : 'off'}`],
  };
}
