/** Lets one reader sleep until somebody raises the flag; raising it many times is one wake-up. */
export function createFlag(signal: AbortSignal) {
  let raised = false;
  let wake: (() => void) | null = null;

  function raise(): void {
    raised = true;
    wake?.();
  }
  signal.addEventListener('abort', raise, { once: true });

  return {
    raise,
    /** Resolves when the flag is up, at once if it is, and takes it down; an abort raises it. */
    async wait(): Promise<void> {
      if (!raised && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
      raised = false;
    },
  };
}
