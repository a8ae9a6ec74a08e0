import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { type Announcement, announcementsOf } from './announcements.ts';
import { liveStore } from './live-store.ts';
import { useAccount } from './use-live.ts';

/** Events older than this come from a reconnect: they are in the lists, and no news. */
const NEWS_MAX_AGE_MS = 30_000;

/** Says fills, denials and the brake to eyes and screen readers; nothing else speaks up. */
export function Announcer() {
  const [polite, setPolite] = useState('');
  const [urgent, setUrgent] = useState('');
  const brake = useAccount()?.brake;
  const engaged = brake?.engaged;
  const reason = brake?.reason;
  const wasEngaged = useRef<boolean | undefined>(undefined);

  useEffect(() => {
    function announce(item: Announcement): void {
      (item.urgent ? setUrgent : setPolite)(`${item.title}. ${item.text}`);
      notifications.show({
        title: item.title,
        message: item.text,
        color: item.urgent ? 'red' : 'teal',
        role: 'group',
        withBorder: true,
        closeButtonProps: { 'aria-label': 'Dismiss' },
        classNames: { description: 'announcement-text' },
      });
    }
    return liveStore.onEvents((events) => {
      const since = liveStore.serverNow() - NEWS_MAX_AGE_MS;
      announcementsOf(events.filter((event) => event.at >= since)).forEach(announce);
    });
  }, []);

  useEffect(() => {
    if (engaged === undefined) return;
    if (engaged && wasEngaged.current !== true) setUrgent(`Brake engaged: ${reason ?? ''}`);
    if (!engaged && wasEngaged.current === true) setPolite('Brake released');
    wasEngaged.current = engaged;
  }, [engaged, reason]);

  return (
    <>
      <div className="unseen" role="status" data-testid="announce-status">
        {polite}
      </div>
      <div className="unseen" role="alert" data-testid="announce-alert">
        {urgent}
      </div>
    </>
  );
}
