/** Exactly one JSON object on standard output, or words for people. */
export function say(asJson: boolean, report: object, text: string): void {
  process.stdout.write(asJson ? `${JSON.stringify({ ok: true, ...report })}\n` : text);
}
