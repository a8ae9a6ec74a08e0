import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Announcer } from '../live/Announcer.tsx';
import { keepConnected } from '../live/connection.ts';
import { useSilence } from '../live/use-live.ts';
import { useRefreshOnEvents } from '../live/use-refresh-on-events.ts';
import { useActivity } from '../session/use-activity.ts';
import { FailingBanner } from '../strip/FailingBanner.tsx';
import { SilenceBanner } from '../strip/SilenceBanner.tsx';
import { StatusStrip } from '../strip/StatusStrip.tsx';
import { Header } from './Header.tsx';
import { Navigation } from './Navigation.tsx';

/**
 * The frame of every page. `data-stale` greys all live values at once when the server falls silent.
 */
export function Shell() {
  const silent = useSilence();
  useEffect(keepConnected, []);
  useActivity();
  useRefreshOnEvents();
  return (
    <div className="shell" data-stale={silent !== null}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <Header />
      <StatusStrip />
      <FailingBanner />
      <SilenceBanner seconds={silent} />
      <main id="content" className="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Navigation place="bottom" />
      <Announcer />
    </div>
  );
}
