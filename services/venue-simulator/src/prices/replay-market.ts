import { basename } from 'node:path';
import type { Logger } from '@ballast/observability';
import type { SimulatorConfig } from '../config.ts';
import { makeInstrument } from '../instruments.ts';
import { type Market, openMarket } from '../market.ts';
import type { Marks } from '../marks.ts';
import { readReplayFile } from './replay-file.ts';
import { replayListing, replaySymbol } from './replay-listing.ts';
import { createReplaySource } from './replay-source.ts';
import { planTimeline } from './replay-timeline.ts';

/**
 * The market of a recorded file, played on the present. After its last row the market is still:
 * no trade, ticker or bar comes any more, and orders meet the last displayed book.
 * @throws ReplayFault
 */
export async function openReplayMarket(options: {
  readonly config: SimulatorConfig;
  readonly file: string;
  readonly marks: Marks;
  readonly startedAt: number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}): Promise<Market> {
  const { config, startedAt, log } = options;
  const name = basename(options.file);
  const symbol = replaySymbol(options.file, config.BALLAST_SIMULATOR_INSTRUMENT);
  const file = await readReplayFile(options.file);
  const listing = replayListing(symbol, file);
  const instrument = makeInstrument(listing);
  const mark = options.marks[symbol];
  const resumeRow = mark?.kind === 'replay' && mark.file === name ? mark.row : null;
  const timeline = planTimeline(file, config.BALLAST_SIMULATOR_SPEED, resumeRow);
  const { speed, startRow, widthMs } = timeline;
  const rows = file.rows.length;
  log.info({ file: name, kind: file.kind, rows, speed, startRow, widthMs, listing }, 'replay');
  const source = createReplaySource({
    name,
    file,
    instrument,
    timeline,
    startedAt,
    onEnd: () => log.warn({ file: name, rows }, 'replay is at its end: the market stands still'),
  });
  return openMarket(instrument, source, startedAt);
}
