import { failingText } from '../health/failing-text.ts';
import { useAccount, useServerNow } from '../live/use-live.ts';

/** What services that still beat say they cannot do: none of it would be seen by their age. */
export function FailingBanner() {
  const now = useServerNow();
  const texts = (useAccount()?.heartbeats ?? []).flatMap((beat) => failingText(beat, now) ?? []);
  return (
    <div role="alert" className="silence-region">
      {texts.map((text) => (
        <div key={text} className="silence" data-testid="failing-banner">
          {text}
        </div>
      ))}
    </div>
  );
}
