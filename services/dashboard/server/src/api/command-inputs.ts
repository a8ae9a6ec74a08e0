import { type CommandId, parsed, parseUuid, type TradeId } from '@ballast/domain';
import { z } from 'zod';

export const commandIdText = parsed(parseUuid<CommandId>);
export const tradeIdText = parsed(parseUuid<TradeId>);
/** Why the operator does it: stored with the command, never empty. */
export const reasonText = z.string().trim().min(1).max(500);
