/** Shown in place of data that could not be fetched: old data is never passed off as current. */
export function QueryFault({ error, what }: { error: { message: string } | null; what: string }) {
  if (error === null) return null;
  return (
    <p className="fault" role="alert">
      {what} could not be loaded: {error.message}
    </p>
  );
}
