import {
  type Command,
  type CommandWire,
  commandWire,
  formatPrice,
  type EntryPlan,
  parseUuid,
  type Price,
  type Quantity,
  type TakeProfit,
  type TradeId,
  type TradePlan,
  tradePlanToWire,
} from '@ballast/domain';
import { nextUint32, nextUnit, type Prng } from '@ballast/sim-core';
import { INSTRUMENTS } from './market.ts';

const TICK = 10n ** 16n;
const LOT = 10n ** 18n;
const LIFETIME_MS = 8_000;

type Asked = { readonly command: Command; readonly tradeId: TradeId | null };

/** Somebody who plans trades, changes their mind, and sometimes presses twice. Seeded. */
export class Operator {
  readonly #prng: Prng;
  readonly #account: string;
  readonly #newId: () => string;

  constructor(prng: Prng, account: string, newId: () => string) {
    this.#prng = prng;
    this.#account = account;
    this.#newId = newId;
  }

  opens(at: number, ticksOf: (index: number) => number): Asked {
    const index = this.#below(INSTRUMENTS.length);
    const instrument = INSTRUMENTS[index] ?? INSTRUMENTS[0];
    if (instrument === undefined) throw new Error('no instruments');
    const last = ticksOf(index);
    const long = this.#below(3) > 0;
    const sign = long ? 1 : -1;
    const price = (away: number): Price => (BigInt(last + sign * away) * TICK) as Price;
    const stopAway = 20 + this.#below(120);
    const targetAway = 20 + this.#below(160);
    const plan: TradePlan = {
      instrument: instrument.id,
      direction: long ? 'long' : 'short',
      entry: this.#entry(price),
      entryExpiresAt: this.#below(4) === 0 ? at + 20_000 + this.#below(600_000) : null,
      stop: price(-stopAway - 15),
      takeProfit: this.#takeProfit(price, targetAway),
      quantity: (BigInt(1 + this.#below(90)) * LOT) as Quantity,
      origin: { kind: 'ticket' },
    };
    const tradeId = parseUuid<TradeId>(this.#newId());
    return {
      tradeId,
      command: this.#command(at, 'openTrade', { tradeId, plan: tradePlanToWire(plan) }),
    };
  }

  changes(at: number, tradeId: TradeId, ticks: number): Asked {
    const reason = 'simulated operator';
    const level = formatPrice((BigInt(ticks - 40 + this.#below(80)) * TICK) as Price);
    const bodies: Command[] = [
      this.#command(at, 'closeTrade', { tradeId, reason }),
      this.#command(at, 'moveStop', { tradeId, level: 'breakEven', reason }),
      this.#command(at, 'moveStop', { tradeId, level, reason }),
      this.#command(at, 'scaleOut', { tradeId, fraction: '0.5', reason }),
      this.#command(at, 'cancelEntry', { tradeId, reason }),
    ];
    const command = bodies[this.#below(bodies.length)];
    if (command === undefined) throw new Error('no command');
    return { tradeId, command };
  }

  closes(at: number, tradeId: TradeId): Command {
    return this.#command(at, 'closeTrade', { tradeId, reason: 'changed my mind' });
  }

  pullsTheBrake(at: number): Command {
    return this.#command(at, 'engageBrake', { reason: 'simulated operator' });
  }

  closesAll(at: number): Command {
    return this.#command(at, 'closeAll', { reason: 'end of the simulated day' });
  }

  #entry(price: (away: number) => Price): EntryPlan {
    const away = 1 + this.#below(12);
    switch (this.#below(6)) {
      case 0:
      case 1:
        return { type: 'market' };
      case 2:
        return { type: 'stop', triggerPrice: price(away) };
      case 3:
        return { type: 'stopLimit', triggerPrice: price(away), price: price(away + 4) };
      default: {
        const timeInForce = this.#below(5) === 0 ? 'ioc' : 'gtc';
        return { type: 'limit', price: price(-away), timeInForce, postOnly: false };
      }
    }
  }

  #takeProfit(price: (away: number) => Price, away: number): TakeProfit {
    switch (this.#below(3)) {
      case 0:
        return { style: 'single', target: price(away + 15) };
      case 1: {
        const tenth = LOT / 10n;
        const targets = [
          { price: price(away + 15), fraction: 4n * tenth },
          { price: price(away + 45), fraction: 6n * tenth },
        ];
        return { style: 'scaled', targets, breakEvenAfterFirst: this.#below(2) === 0 };
      }
      default:
        return {
          style: 'trailing',
          distance: { by: 'amount', amount: (BigInt(30 + away) * TICK) as Price },
        };
    }
  }

  #command(at: number, type: CommandWire['type'], body: unknown): Command {
    const nonce = Array.from({ length: 4 }, () => this.#hex()).join('');
    return commandWire.parse({
      version: 1,
      id: this.#newId(),
      producer: 'dashboard',
      actor: 'operator',
      account: this.#account,
      mode: 'paper',
      issuedAt: at,
      expiresAt: at + LIFETIME_MS,
      nonce,
      type,
      body,
    });
  }

  #hex(): string {
    return nextUint32(this.#prng).toString(16).padStart(8, '0');
  }

  #below(count: number): number {
    return Math.floor(nextUnit(this.#prng) * count);
  }
}
