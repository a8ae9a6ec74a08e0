import { parsed, parseInstrumentId } from '@ballast/domain';
import { z } from 'zod';
import { commandIdText, reasonText, tradeIdText } from './command-inputs.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorProcedure, router } from './trpc.ts';

const asked = z.strictObject({
  commandId: commandIdText,
  instrument: parsed(parseInstrumentId),
  reason: reasonText,
});

/** What the operator says of a position that is not explained, or not agreed on. */
export function positionsApi({ desk }: Pick<Dashboard, 'desk'>) {
  return router({
    settle: operatorProcedure
      .input(asked.extend({ tradeId: tradeIdText.optional() }))
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'settleUnattributed', body }),
      ),
    thaw: operatorProcedure
      .input(asked)
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'thawInstrument', body }),
      ),
  });
}
