/** The server has fallen silent: everything on the page is old, and orders cannot be sent. */
export function SilenceBanner({ seconds }: { seconds: number | null }) {
  return (
    <div role="alert" className="silence-region">
      {seconds !== null && (
        <div className="silence" data-testid="silence-banner">
          <strong>No data for {seconds} s.</strong> The server does not answer. All values are old;
          orders are locked. Working orders rest at the venue. Reconnecting …
        </div>
      )}
    </div>
  );
}
