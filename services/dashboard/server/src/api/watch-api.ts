import {
  commandOutcome,
  foreignOrders,
  listVenueOddities,
  openIncidents,
  workingOrders,
} from '@ballast/db';
import { instrumentIdText } from '@ballast/domain';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { commandStatus } from '../commands/command-status.ts';
import { liveStream } from '../live/live-stream.ts';
import { PLACE_UNKNOWN } from '../live/trade-cursor.ts';
import { commandIdText } from './command-inputs.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorProcedure, readProcedure, router } from './trpc.ts';

const resume = z
  .strictObject({
    lastEventId: z
      .string()
      .regex(/^\d{1,15}$/)
      .or(z.literal(PLACE_UNKNOWN))
      .nullish(),
  })
  .optional();

/** More than a universe has. */
const SHOWN_MAX = 1_000;

const show = z.strictObject({
  stream: z.uuid(),
  instruments: z.array(instrumentIdText).max(SHOWN_MAX),
});

export function watchApi(dashboard: Dashboard) {
  const { db, account, now, live, desk } = dashboard;

  return {
    session: router({
      /** Asked by the page when the operator has done something: it keeps the session alive. */
      me: operatorProcedure.query(({ ctx }) => dashboard.sessionView(ctx.session)),
    }),
    orders: router({
      working: readProcedure.query(() => workingOrders(db, account)),
      /** Open at the venue, and not made by Ballast. */
      foreign: readProcedure.query(() => foreignOrders(db, account)),
    }),
    incidents: router({ open: readProcedure.query(() => openIncidents(db, account)) }),
    health: router({
      services: readProcedure.query(() => live.account.read()),
      oddities: readProcedure.query(() => listVenueOddities(db, account)),
    }),
    commands: router({
      status: readProcedure
        .input(z.strictObject({ commandId: commandIdText }))
        .query(async ({ input }) => {
          const sent = desk.find(input.commandId);
          const outcome = await commandOutcome(
            db,
            'dashboard',
            input.commandId,
            sent?.entryId ?? null,
          );
          return commandStatus(outcome, sent, { now: now(), serverStartedAt: desk.startedAt });
        }),
    }),
    live: router({
      /**
       * All topics on one connection: a browser opens six to a host at most, over all its tabs. The
       * session's end closes its streams: logout is final at once.
       */
      all: readProcedure.input(resume).subscription(({ ctx, input, signal }) => {
        const seen = input?.lastEventId ?? PLACE_UNKNOWN;
        const lastSeq = seen === PLACE_UNKNOWN ? null : Number(seen);
        const ends = signal === undefined ? [ctx.session.ended] : [ctx.session.ended, signal];
        return liveStream(live, { lastSeq, signal: AbortSignal.any(ends) });
      }),
      /** What the reader of a stream shows: from now on it is told of these instruments alone. */
      show: readProcedure.input(show).mutation(({ input }) => {
        if (live.streams.show(input.stream, input.instruments)) return { ok: true };
        throw new TRPCError({ code: 'NOT_FOUND', message: 'no such stream is open' });
      }),
    }),
  };
}
