import { createServer } from 'node:net';

import { loadConfig, runService } from '@ballast/observability';
import { z } from 'zod';

/** A service in miniature: a port, and a failure of the kind the test asks for. */
const config = loadConfig({
  FAKE_NAME: z.string(),
  FAKE_FAILURE: z.enum(['none', 'start', 'configuration', 'afterReady']).default('none'),
});

runService(config.FAKE_NAME, async ({ log, onClose }) => {
  if (config.FAKE_FAILURE === 'configuration') loadConfig({ FAKE_MISSING: z.string() });
  if (config.FAKE_FAILURE === 'start') throw new Error('the venue is closed for good');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onClose(() => void server.close(), 'server');
  onClose(() => log.info('closing in order'), 'note');
  if (config.FAKE_FAILURE === 'afterReady') setTimeout(() => process.exit(3), 20);
  const address = server.address();
  return { port: typeof address === 'object' ? address?.port : undefined };
});
