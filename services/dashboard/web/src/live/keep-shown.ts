/** Scrolling changes what is shown with every row: it is said when it has come to rest. */
const REST_MS = 100;
const RETRY_MS = 1_000;

type Shown = { shown(): string[]; onShown(listener: () => void): () => void };
type Said = { stream: string; instruments: string[] };

/** Says to the server which instruments the page shows, for each new stream and each change. */
export function keepShown(store: Shown, say: (said: Said) => Promise<unknown>) {
  let stream: string | null = null;
  let lastSaid = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  function sayIn(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void sayNow(), delayMs);
  }

  async function sayNow(): Promise<void> {
    if (stream === null) return;
    const said = { stream, instruments: store.shown() };
    const text = JSON.stringify(said);
    if (text === lastSaid) return;
    lastSaid = text;
    try {
      await say(said);
    } catch {
      // Until the server has heard it the page gets what it showed before: too much or too little.
      if (lastSaid !== text) return;
      lastSaid = '';
      sayIn(RETRY_MS);
    }
  }

  const stopListening = store.onShown(() => sayIn(REST_MS));
  return {
    /** The stream that is open, of this name. */
    on(name: string): void {
      if (name === stream) return;
      stream = name;
      sayIn(REST_MS);
    },
    stop(): void {
      clearTimeout(timer);
      stopListening();
    },
  };
}
