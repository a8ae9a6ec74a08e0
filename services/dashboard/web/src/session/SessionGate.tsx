import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { queryClient } from '../api/trpc.ts';
import { appRouter } from '../app/routes.tsx';
import { checkSession, login } from './login-calls.ts';
import { LoginPage } from './LoginPage.tsx';
import { sessionStore, useSessionState } from './session-store.ts';
import { takeTicketFromAddress } from './ticket-link.ts';

const RETRY_MS = 1_500;

/** Nothing of the platform is drawn before the server has said who we are. */
export function SessionGate() {
  const state = useSessionState();
  useEffect(() => {
    // What one operator has seen is not kept for whoever sits down next.
    if (state.status === 'out') queryClient.clear();
  }, [state.status]);
  useEffect(() => {
    if (state.status !== 'checking') return undefined;
    let timer: ReturnType<typeof setTimeout>;
    async function ask(): Promise<void> {
      const ticket = takeTicketFromAddress();
      if (ticket !== null) {
        const refused = await login({ ticket });
        if (refused === null) return;
        // A used link is no harm to a session that is still alive.
        if ((await checkSession()) !== 'in') sessionStore.out(`Not logged in: ${refused}.`);
        return;
      }
      const answer = await checkSession();
      if (answer === 'out') sessionStore.out(null);
      if (answer === 'unreachable') timer = setTimeout(() => void ask(), RETRY_MS);
    }
    void ask();
    return () => clearTimeout(timer);
  }, [state.status]);

  if (state.status === 'checking')
    return <p className="waiting">Asking the server who you are …</p>;
  if (state.status === 'out') return <LoginPage notice={state.notice} />;
  return <RouterProvider router={appRouter} />;
}
