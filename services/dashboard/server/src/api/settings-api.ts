import { hashPassword, passwordHashInForce, recentSignals, verifyPassword } from '@ballast/db';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '@ballast/domain';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { commandIdText } from './command-inputs.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorProcedure, readProcedure, router } from './trpc.ts';

const SIGNALS_MAX = 500;

export function settingsApi({ db, now, desk, sessions }: Dashboard) {
  return {
    signals: router({
      recent: readProcedure
        .input(z.strictObject({ limit: z.int().min(1).max(SIGNALS_MAX) }))
        .query(({ input }) => recentSignals(db, input.limit)),
    }),
    account: router({
      /**
       * A session by link may set it anew (that is the way back in); one by password must know it.
       */
      setPassword: operatorProcedure
        .input(
          z.strictObject({
            commandId: commandIdText,
            password: z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX),
            current: z.string().max(PASSWORD_LENGTH_MAX).optional(),
          }),
        )
        .mutation(async ({ ctx, input }) => {
          const stored = await passwordHashInForce(db, now());
          const mustProve = stored !== null && ctx.session.method === 'password';
          if (mustProve && !(await verifyPassword(input.current ?? '', stored))) {
            throw new TRPCError({
              code: 'FORBIDDEN',
              message: 'the current password is not right',
            });
          }
          const passwordHash = await hashPassword(input.password);
          const sent = await desk.send(ctx.session, input.commandId, {
            type: 'setOperatorPassword',
            body: { passwordHash },
          });
          sessions.endOthers(ctx.session.id);
          return sent;
        }),
    }),
  };
}
