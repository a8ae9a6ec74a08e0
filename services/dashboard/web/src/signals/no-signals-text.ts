/** Why a list of signals is empty: what is older than the newest ones was not looked through. */
export function noSignalsText(read: number): string {
  return read === 0 ? 'No signal yet.' : `None of the newest ${read} signals is of this kind.`;
}
