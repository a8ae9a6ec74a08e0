import type { InstrumentId } from '@ballast/domain';
import type { FaultCounts } from '../faults.ts';
import { breakBytes } from './break-bytes.ts';
import { breakValues } from './break-values.ts';
import { judgeEvent } from './judge-event.ts';
import { type Random, seededRandom } from './random.ts';
import type { FuzzReader, FuzzTarget } from './target.ts';

/** Then the parser is thrown away and a new one begins with the good frames. */
const FRAMES_PER_PARSER = 2_000;
/** A frame that takes longer to read holds up every other feed of the process. */
const FRAME_MS_MAX = 2_000;
const FRAME_SHOWN_MAX = 4_000;
const RECEIVED_TIME = 1_700_000_100_000;

export type FuzzFinding = {
  readonly target: string;
  readonly what: string;
  /** Of the parser that found it; with the same seed it comes again. */
  readonly round: number;
  readonly frame: string;
};

export type FuzzTally = {
  frames: number;
  events: number;
  slowestFrameMs: number;
  readonly faults: FaultCounts;
};

/**
 * Reads the good frames of a target and then broken ones, all that one parser gets in its life. The
 * same target, seed and round give the same frames. Returns the first thing that is wrong.
 */
export async function fuzzRound(
  target: FuzzTarget,
  seed: number,
  round: number,
  tally: FuzzTally,
): Promise<FuzzFinding | null> {
  const random = seededRandom(Math.imul(seed, 0x0100_0193) ^ round);
  const known = new Set(target.routes.map(({ instrument }) => instrument.id));
  const { faults } = tally;
  const read = target.open((code) => {
    faults[code] = (faults[code] ?? 0) + 1;
  });
  for (let index = 0; index < FRAMES_PER_PARSER; index += 1) {
    const frame = target.samples[index] ?? brokenFrame(target, random);
    const what = await readOne(read, frame, RECEIVED_TIME + index * 10, { known, tally });
    if (what !== null) return { target: target.name, what, round, frame: shownFrame(frame) };
  }
  return null;
}

function brokenFrame(target: FuzzTarget, random: Random): Buffer {
  const { samples } = target;
  const pick = (): Buffer => samples[random.below(samples.length)] ?? Buffer.alloc(0);
  const frame = pick();
  const way = random.below(10);
  if (way === 0) return frame;
  return (way < 6 ? brokenValues(target, random) : null) ?? breakBytes(frame, pick(), random);
}

function brokenValues({ samples, values }: FuzzTarget, random: Random): Buffer | null {
  const from = values?.samples ?? samples;
  const broken = breakValues(from[random.below(from.length)] ?? Buffer.alloc(0), random);
  if (broken === null || values === undefined) return broken;
  try {
    return Buffer.from(values.toWire(JSON.parse(broken.toString('utf8'))));
  } catch {
    // Not everything that JSON can be broken into can be written another way.
    return null;
  }
}

async function readOne(
  read: FuzzReader,
  frame: Buffer,
  receivedTime: number,
  { known, tally }: { known: ReadonlySet<InstrumentId>; tally: FuzzTally },
): Promise<string | null> {
  tally.frames += 1;
  const began = performance.now();
  try {
    const told = read(frame, receivedTime);
    // Most parsers take no turn of the loop for a frame.
    for (const event of told instanceof Promise ? await told : told) {
      tally.events += 1;
      const reason = judgeEvent(event, known);
      if (reason !== null) return `told an event with a bad ${reason}: ${JSON.stringify(event)}`;
    }
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const tookMs = performance.now() - began;
  tally.slowestFrameMs = Math.max(tally.slowestFrameMs, tookMs);
  return tookMs > FRAME_MS_MAX ? `took ${Math.round(tookMs)} ms` : null;
}

function shownFrame(frame: Buffer): string {
  const text = frame.toString('utf8');
  const isText = Buffer.from(text).equals(frame);
  return (isText ? text : `hex ${frame.toString('hex')}`).slice(0, FRAME_SHOWN_MAX);
}
