import { type Database, newestBrakeState } from '@ballast/db';
import { type BrakeReading, brakeFromStored } from '@ballast/order-core';

/**
 * The brake as the last commit left it. A state that cannot be read is one that counts as engaged:
 * the gateway starts, closes what is open when asked to, and enters nothing.
 */
export async function loadBrake(db: Database, account: string): Promise<BrakeReading> {
  try {
    return brakeFromStored(await newestBrakeState(db, account));
  } catch (error) {
    return { status: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}
