/** Who listens to what. A topic is `account`, or a kind and an instrument: `quote:<id>`. */
export function createTopicListeners() {
  const listeners = new Map<string, Set<() => void>>();
  const shownListeners = new Set<() => void>();

  function changeShown(): void {
    for (const listener of shownListeners) listener();
  }

  return {
    tell(topic: string): void {
      for (const listener of listeners.get(topic) ?? []) listener();
    },
    listen(topic: string, listener: () => void): () => void {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      if (set.size === 1) changeShown();
      return () => {
        set.delete(listener);
        if (set.size > 0 || listeners.get(topic) !== set) return;
        listeners.delete(topic);
        changeShown();
      };
    },
    /** The instruments that somebody shows a price or a forming bar of, by name. */
    shown(): string[] {
      const topics = [...listeners.keys()].filter((topic) => topic.includes(':'));
      return [...new Set(topics.map((topic) => topic.slice(topic.indexOf(':') + 1)))].toSorted();
    },
    /** Somebody began or ceased to show something. */
    onShown(listener: () => void): () => void {
      shownListeners.add(listener);
      return () => shownListeners.delete(listener);
    },
  };
}
