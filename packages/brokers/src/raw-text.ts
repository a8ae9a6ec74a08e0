import { tradeOfClientOrderId } from '@ballast/domain';

/** More than is ever kept of one message. */
const CHARACTERS_MAX = 8_192;

/**
 * What a venue sent, as text to be kept for whoever has to find out what it means. Keys and secrets
 * that it quotes, and numbers of accounts, are left out; ids of orders stay.
 */
export function rawText(raw: unknown): string {
  const plain = textOf(raw)
    .slice(0, CHARACTERS_MAX)
    .replaceAll(/[A-Za-z0-9]{16,}/g, (run) => (tradeOfClientOrderId(run) === null ? '…' : run))
    .replaceAll(/\b(?:DU|DF|DI|U|F|I)\d{4,}\b/g, '…');
  return plain.replaceAll('\0', '').toWellFormed();
}

function textOf(raw: unknown): string {
  try {
    return typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? String(raw));
  } catch {
    // Cycles and big integers have no JSON.
    return String(raw);
  }
}
