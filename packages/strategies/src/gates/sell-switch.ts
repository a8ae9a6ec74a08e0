/** A switch as somebody has set it. */
type SwitchRow = { readonly id: string; readonly on: boolean };

/**
 * Why a strategy's word to leave closes nothing; null when it may. Nothing else stands against a
 * leave: it takes risk away. A switch that was never set is off.
 * @param row its sell switch in force
 */
export function leaveRefusal(
  strategy: string,
  row: SwitchRow | null,
): {
  readonly input: string;
  readonly threshold: string;
  readonly settingsId: string | null;
} | null {
  const threshold = 'sell switch on';
  if (row === null) {
    return { input: `the sell switch of ${strategy} was never set`, threshold, settingsId: null };
  }
  return row.on ? null : { input: 'sell switch off', threshold, settingsId: row.id };
}
