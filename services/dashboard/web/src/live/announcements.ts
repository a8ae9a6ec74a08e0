import { roleOfClientOrderId, symbolOf } from '@ballast/domain';
import type { TradeEvents } from './live-store.ts';

export type Announcement = {
  readonly urgent: boolean;
  readonly title: string;
  readonly text: string;
  readonly tradeId: string;
};

/** What is worth saying aloud of the events; prices and bookkeeping are not. */
export function announcementsOf(events: TradeEvents): Announcement[] {
  return events.flatMap((event) => {
    const symbol = symbolOf(event.instrument);
    const say = (urgent: boolean, title: string, text: string): Announcement[] => [
      { urgent, title, text, tradeId: event.tradeId },
    ];
    switch (event.type) {
      case 'fillBooked':
        return say(false, `${symbol}: ${roleOf(event.data)} fill`, `${event.direction} trade`);
      case 'tradeDenied':
        return say(
          true,
          `${symbol}: trade denied`,
          'A pre-trade rule refused it; see its timeline',
        );
      case 'protectionLost':
        return say(true, `${symbol}: no working stop`, 'The position is not protected');
      case 'incident':
        return say(true, `${symbol}: incident`, fieldOf(event.data, 'detail'));
      case 'statusChanged':
        return fieldOf(event.data, 'to') === 'closed'
          ? say(false, `${symbol}: trade closed`, `${event.direction} trade is flat`)
          : [];
      default:
        return [];
    }
  });
}

function roleOf(data: unknown): string {
  return roleOfClientOrderId(fieldOf(data, 'clientOrderId')) ?? 'order';
}

function fieldOf(data: unknown, name: string): string {
  if (typeof data !== 'object' || data === null) return '';
  const value: unknown = Reflect.get(data, name);
  return typeof value === 'string' ? value : '';
}
