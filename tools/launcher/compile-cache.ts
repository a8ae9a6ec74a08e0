const { NODE_COMPILE_CACHE: cache } = process.env;

/**
 * For a process that a test starts with an environment of its own: the run's compile cache, with
 * which a service or a command starts in half the time. Nothing where the run has none.
 */
export const compileCache: Readonly<Record<string, string>> =
  cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };
