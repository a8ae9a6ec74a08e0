import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Vite names these by content, so they never change. */
const HASHED = /[\\/]assets[\\/]/;

/**
 * The built page: assets for ever, everything else fresh; an unknown path is the page's own route.
 */
export async function registerSite(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Error(`the dashboard's page is not built: ${folder} has no index.html`);
  }
  await app.register(async (site) => {
    site.addHook('onRoute', (route) => {
      route.config = { ...route.config, isPublic: true };
    });
    await site.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const forever = HASHED.test(path);
        reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  });
}
