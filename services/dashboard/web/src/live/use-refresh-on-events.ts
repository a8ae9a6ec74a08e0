import { useEffect } from 'react';
import { queryClient, trpc } from '../api/trpc.ts';
import { liveStore } from './live-store.ts';

/** A trade event makes stored lists old: they are fetched again, once for a burst. */
const GATHER_MS = 150;

export function useRefreshOnEvents(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    function refresh(): void {
      timer = null;
      const keys = [
        trpc.trades.list.queryKey(),
        trpc.trades.detail.queryKey(),
        trpc.orders.working.queryKey(),
        trpc.incidents.open.queryKey(),
        trpc.bars.fills.queryKey(),
      ];
      for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
    }
    const stop = liveStore.onEvents(() => {
      timer ??= setTimeout(refresh, GATHER_MS);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
}
