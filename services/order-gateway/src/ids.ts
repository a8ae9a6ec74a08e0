import { randomBytes } from 'node:crypto';
import { uuidV7 } from '@ballast/domain';

/** A new UUIDv7 from the process's clock and the system's randomness. */
export const newId = (): string => uuidV7(Date.now(), randomBytes(10));
