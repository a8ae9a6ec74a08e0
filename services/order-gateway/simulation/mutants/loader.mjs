import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// The change comes as JSON from the process that runs the mutants; the product knows nothing of it.
const mutant = JSON.parse(process.argv.at(-1) ?? 'null');
let changed = false;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.startsWith('file:') || !fileURLToPath(url).endsWith(mutant.file)) return loaded;
    const source = String(loaded.source);
    if (source.split(mutant.find).length !== 2) {
      throw new Error(
        `mutant "${mutant.name}": its text is not there exactly once in ${mutant.file}`,
      );
    }
    changed = true;
    return { ...loaded, source: source.replace(mutant.find, () => mutant.replace) };
  },
});
process.on('exit', () => {
  if (!changed) process.stderr.write(`mutant "${mutant.name}": ${mutant.file} was never loaded\n`);
});
