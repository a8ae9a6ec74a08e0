import type { Refusal } from '@ballast/sim-core';
import type { Frame } from './frame.ts';
import { PUSH } from './message-ids.ts';

/** A request that the venue does not carry out, in its own numbers and words. */
export class TwsRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'TwsRefusal';
    this.code = code;
  }
}

/** The id of messages that are about no request and no order. */
export const SYSTEM_ID = -1;

export function errorFrame(id: number, code: number, text: string): Frame {
  return [PUSH.error, 2, id, code, escapeText(text), ''];
}

export const systemFrame = (code: number, text: string): Frame => errorFrame(SYSTEM_ID, code, text);

export const unreadable = (what: string): TwsRefusal =>
  new TwsRefusal(320, `Error reading request. ${what}`);

export const invalidRequest = (what: string): TwsRefusal =>
  new TwsRefusal(321, `Error validating request.-'bS' : cause - ${what}`);

export const rejected = (reason: string): TwsRefusal =>
  new TwsRefusal(201, `Order rejected - reason:${reason}`);

export const noSecurity = (): TwsRefusal =>
  new TwsRefusal(200, 'No security definition has been found for the request');

/** The matcher's refusal of an order in this venue's words. */
export function refusalFor({ code, message }: Refusal): TwsRefusal {
  if (code === 'UNKNOWN_INSTRUMENT') return noSecurity();
  if (code === 'INSUFFICIENT_BALANCE')
    return rejected(`Your available funds are too low: ${message}`);
  if (code === 'OFF_TICK') {
    const text = 'The price does not conform to the minimum price variation for this contract.';
    return new TwsRefusal(110, text);
  }
  if (code === 'OFF_LOT') {
    return new TwsRefusal(10_243, 'Fractional-sized order cannot be placed via API.');
  }
  return rejected(message);
}

/** Texts go out in seven bits. */
function escapeText(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
