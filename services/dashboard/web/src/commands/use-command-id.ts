import { uuidV7 } from '@ballast/domain';
import { useCallback, useState } from 'react';

const RANDOM_BYTES = 10;

export function mintId(): string {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}

/** One id for as long as a dialog is open: however often it is confirmed, it is one command. */
export function useCommandId(): { commandId: string; renew: () => void } {
  const [commandId, setCommandId] = useState(mintId);
  const renew = useCallback(() => setCommandId(mintId()), []);
  return { commandId, renew };
}
