import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { queryClient } from '../api/trpc.ts';
import { SessionGate } from '../session/SessionGate.tsx';
import { theme } from './theme.ts';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      {/* Bottom left: over no strip item, no ticket and no dialog button. */}
      <Notifications position="bottom-left" limit={4} autoClose={8_000} />
      <QueryClientProvider client={queryClient}>
        <SessionGate />
      </QueryClientProvider>
    </MantineProvider>
  );
}
