import {
  formatPrice,
  formatQuantity,
  formatScaled,
  fractionText,
  someQuantityText,
  stopLevelText,
} from '@ballast/domain';
import { z } from 'zod';
import { commandIdText, reasonText, tradeIdText } from './command-inputs.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorProcedure } from './trpc.ts';

const asked = { commandId: commandIdText, reason: reasonText };
const ofTrade = { ...asked, tradeId: tradeIdText };

/** What the operator may ask of trades that run; the gateway judges each by the market it sees. */
export function changeProcedures({ desk }: Pick<Dashboard, 'desk'>) {
  return {
    close: operatorProcedure
      .input(z.strictObject(ofTrade))
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'closeTrade', body }),
      ),

    moveStop: operatorProcedure
      .input(z.strictObject({ ...ofTrade, level: stopLevelText }))
      .mutation(({ ctx, input: { commandId, level, ...rest } }) => {
        const text = level === 'breakEven' ? level : formatPrice(level);
        return desk.send(ctx.session, commandId, {
          type: 'moveStop',
          body: { ...rest, level: text },
        });
      }),

    scaleOut: operatorProcedure
      .input(
        z.union([
          z.strictObject({ ...ofTrade, quantity: someQuantityText }),
          z.strictObject({ ...ofTrade, fraction: fractionText }),
        ]),
      )
      .mutation(({ ctx, input }) => {
        const { commandId, tradeId, reason } = input;
        const part =
          'quantity' in input
            ? { quantity: formatQuantity(input.quantity) }
            : { fraction: formatScaled(input.fraction) };
        return desk.send(ctx.session, commandId, {
          type: 'scaleOut',
          body: { tradeId, reason, ...part },
        });
      }),

    cancelEntry: operatorProcedure
      .input(z.strictObject(ofTrade))
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'cancelEntry', body }),
      ),

    closeAll: operatorProcedure
      .input(z.strictObject(asked))
      .mutation(({ ctx, input: { commandId, reason } }) =>
        desk.send(ctx.session, commandId, { type: 'closeAll', body: { reason } }),
      ),
  };
}
