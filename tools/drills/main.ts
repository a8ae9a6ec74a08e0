import { parseArgs } from 'node:util';
import { EXIT } from '../launcher/launch-error.ts';
import { brake } from './brake.ts';
import { crashMatrix } from './crash-matrix.ts';
import { type Drill, type DrillOptions, type DrillResult, DrillUsage } from './drill.ts';
import { dropFills } from './drop-fills.ts';
import { feedFailover } from './feed-failover.ts';
import { feedFaults } from './feed-faults.ts';
import { ibkrReset } from './ibkr-reset.ts';
import { phantomPosition } from './phantom-position.ts';
import { secondGateway } from './second-gateway.ts';

/**
 * `main.ts <drill> [options]`: one drill with real processes. Prints one JSON object on standard
 * output, progress on standard error, and exits 0 only when all that it claims holds.
 */
const DRILLS = new Map<string, Drill>([
  ['crash-matrix', crashMatrix],
  ['brake', brake],
  ['phantom-position', phantomPosition],
  ['drop-fills', dropFills],
  ['second-gateway', secondGateway],
  ['ibkr-reset', ibkrReset],
  ['feed-faults', feedFaults],
  ['feed-failover', feedFailover],
]);

const USAGE = `Usage: ballast drill <${[...DRILLS.keys()].join('|')}> [options]
  crash-matrix --short | --only TEXT   the most telling points, or those with this in their name
  brake --drawdown                     engaged by the market instead of by the operator
  phantom-position --instrument ID     where the order outside Ballast is placed
  drop-fills --rate PERCENT            share of the pushes of fills that never arrive
  feed-faults --minutes N --instruments N   every fault of a public feed, by turns
  feed-failover --minutes N --instruments N   the active of two processes ended, again and again
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function usage(message: string): never {
  say(`${message}\n\n${USAGE}`);
  const error = { code: 'USAGE', message };
  process.stdout.write(`${JSON.stringify({ ok: false, error })}\n`);
  process.exit(EXIT.usage);
}

function given(): { drill: Drill; name: string; options: DrillOptions } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        short: { type: 'boolean', default: false },
        drawdown: { type: 'boolean', default: false },
        instrument: { type: 'string' },
        rate: { type: 'string' },
        only: { type: 'string' },
        minutes: { type: 'string' },
        instruments: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit();
    }
    const [name = '', ...more] = positionals;
    const drill = DRILLS.get(name);
    if (drill === undefined || more.length > 0)
      return usage(`no such drill: ${positionals.join(' ')}`);
    return { drill, name, options: values };
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

async function run(): Promise<DrillResult> {
  const { drill, name, options } = given();
  const startedAt = performance.now();
  try {
    const result = await drill(options, say);
    return { ...result, drill: name, seconds: Math.round((performance.now() - startedAt) / 1_000) };
  } catch (error) {
    if (error instanceof DrillUsage) return usage(error.message);
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say(said);
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const message = error instanceof Error ? error.message : said;
    return { ok: false, drill: name, error: { code: code ?? 'UNEXPECTED', message } };
  }
}

const result = await run();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.ok ? 0 : EXIT.failure;
