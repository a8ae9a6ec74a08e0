import { runVitest } from '../test-run/vitest-run.ts';

/** `npm run check`: the guards alone. */
const { status } = await runVitest(['--project', 'guards', ...process.argv.slice(2)]);
process.exit(status);
