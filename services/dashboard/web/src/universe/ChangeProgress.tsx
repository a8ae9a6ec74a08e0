import { useEffect, useEffectEvent } from 'react';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { type SentCommand, useCommandStatus } from '../commands/use-command-status.ts';

type Props = { sent: SentCommand; onTaken: () => void };

/** Where a sent change stands; tells once when it was carried out. */
export function ChangeProgress({ sent, onTaken }: Props) {
  const status = useCommandStatus(sent);
  const isTaken = status?.status === 'accepted';
  const tell = useEffectEvent(onTaken);
  useEffect(() => {
    if (isTaken) tell();
  }, [isTaken]);
  return <CommandProgress sent={sent} />;
}
