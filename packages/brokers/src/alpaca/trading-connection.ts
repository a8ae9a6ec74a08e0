import { streaming } from '@alpacahq/alpaca-trade-api';
import { field } from './fields.ts';

export type Login = { readonly key: string; readonly secret: string; readonly url: string };

export type ConnectionEvents = {
  /** A message after the login, as the venue wrote it. */
  onFrame(frame: unknown): void;
  onBadFrame(): void;
  /** Over, for good: this client does not connect again. */
  onEnd(reason: string): void;
};

/** The SDK's client for one connection: it logs in and asks for the channel. */
export class TradingConnection extends streaming.TradingStream {
  readonly #events: ConnectionEvents;
  #refused = false;

  constructor({ key, secret, url }: Login, events: ConnectionEvents) {
    super({ credentials: { keyId: key, secret }, url, reconnect: false });
    this.#events = events;
    this.onDisconnect(() => events.onEnd(this.#refused ? 'login refused' : 'connection lost'));
    this.onError((message) => {
      if (message.startsWith('failed to decode')) events.onBadFrame();
    });
  }

  /** The SDK gets only what its login needs: its models lose what they do not know. */
  protected override handleMessage(message: unknown): void {
    if (field(message, 'stream') === 'authorization') {
      this.#refused = field(field(message, 'data'), 'status') !== 'authorized';
      super.handleMessage(message);
      return;
    }
    this.#events.onFrame(message);
  }

  /** At once, without waiting for the other side to agree. */
  drop(): void {
    const socket = this.conn;
    this.disconnect();
    socket?.terminate?.();
  }
}
