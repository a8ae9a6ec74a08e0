import { InvalidInput, parseUuid, type TradeId } from '@ballast/domain';
import { EXIT, Failure } from './failure.ts';

/** A trade's id as it was typed. @throws Failure ID_MALFORMED, a usage error */
export function readTradeId(text: string): TradeId {
  try {
    return parseUuid<TradeId>(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Failure(error.code, error.message, EXIT.usage);
  }
}
