import type { startStores } from '../platform-stores.ts';
import type { ServiceDefinition } from '../services.ts';

/** One tiny service for each of the later phases. */
export const FAKE_SERVICES: readonly ServiceDefinition[] = [
  fake('venue-simulator', 2),
  fake('order-gateway', 3),
  fake('dashboard', 4),
];

/** Phase 1 without stores, for tests that are about services. */
export const noStores: typeof startStores = async () => ({
  ownerUrl: '',
  postgresPort: 0,
  redisPort: 0,
  databaseUrl: () => '',
  redisUrl: () => '',
  expectEnd: () => {},
  stop: async () => {},
});

function fake(name: string, phase: 2 | 3 | 4): ServiceDefinition {
  return {
    name,
    phase,
    main: 'tools/launcher/test/fake-service.ts',
    environment: () => ({ FAKE_NAME: name }),
  };
}
