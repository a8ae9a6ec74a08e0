import { ALL_FAULTS } from '../day.ts';
import { soak } from '../soak.ts';

// Runs days until one has a violation; what was changed is up to the loader of this process.
const [from, seeds, hours] = process.argv.slice(2, 5).map(Number);
const options = { from: from ?? 1, seeds: seeds ?? 1, hours: hours ?? 24, faults: ALL_FAULTS };
const report = await soak({ ...options, untilFirst: true }, () => performance.now());
process.stdout.write(JSON.stringify(report.violations[0] ?? null));
