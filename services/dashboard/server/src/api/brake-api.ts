import { z } from 'zod';
import { commandIdText, reasonText } from './command-inputs.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorProcedure, router } from './trpc.ts';

const asked = z.strictObject({ commandId: commandIdText, reason: reasonText });

/** The kill switch and its way back; the gateway decides, and refuses what comes too early. */
export function brakeApi({ desk }: Dashboard) {
  return router({
    engage: operatorProcedure.input(asked).mutation(({ ctx, input }) =>
      desk.send(ctx.session, input.commandId, {
        type: 'engageBrake',
        body: { reason: input.reason },
      }),
    ),
    release: operatorProcedure.input(asked).mutation(({ ctx, input }) =>
      desk.send(ctx.session, input.commandId, {
        type: 'releaseBrake',
        body: { reason: input.reason },
      }),
    ),
  });
}
