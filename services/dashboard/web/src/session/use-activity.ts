import { useEffect } from 'react';
import { checkSession } from './login-calls.ts';
import { sessionStore } from './session-store.ts';

/**
 * The server ends a session after 30 idle minutes;
 * it is told of the operator's hands this often at most.
 */
const TELL_EVERY_MS = 60_000;

/** Keys and pointers keep the session alive; prices that come in by themselves do not. */
export function useActivity(): void {
  useEffect(() => {
    let toldAt = 0;
    function active(): void {
      if (Date.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = Date.now();
      void checkSession().then((answer) => answer === 'out' && sessionStore.ended());
    }
    window.addEventListener('keydown', active);
    window.addEventListener('pointerdown', active);
    return () => {
      window.removeEventListener('keydown', active);
      window.removeEventListener('pointerdown', active);
    };
  }, []);
}
