import type { AppRouter } from '@ballast/dashboard-server/api';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import type { inferRouterOutputs } from '@trpc/server';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { sessionStore } from '../session/session-store.ts';

export type Outputs = inferRouterOutputs<AppRouter>;

/** Batches stay short enough for every proxy's limit on the length of an address. */
const URL_LENGTH_MAX = 2_000;

export const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc' }),
      false: httpBatchLink({ url: '/trpc', maxURLLength: URL_LENGTH_MAX }),
    }),
  ],
});

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: endSessionOnRefusal }),
  defaultOptions: {
    queries: { staleTime: 5_000, retry: 1, refetchOnWindowFocus: true },
    // A command is never sent again by the page's own doing.
    mutations: { retry: false, onError: endSessionOnRefusal },
  },
});

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });

function endSessionOnRefusal(error: unknown): void {
  if (error instanceof TRPCClientError && error.data?.code === 'UNAUTHORIZED') sessionStore.ended();
}
