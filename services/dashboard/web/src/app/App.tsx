import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { queryClient } from '../api/trpc.ts';
import { SessionGate } from '../session/SessionGate.tsx';
import { theme } from './theme.ts';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      {/* At the foot of the watchlist: over no strip item, table, ticket or dialog button. */}
      <Notifications
        className="toasts"
        position="bottom-left"
        containerWidth={328}
        limit={4}
        autoClose={8_000}
      />
      <QueryClientProvider client={queryClient}>
        <SessionGate />
      </QueryClientProvider>
    </MantineProvider>
  );
}
