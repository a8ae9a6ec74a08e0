/** A reporter for knip that says how many files it looked at. */
export default function countFiles({ counters }) {
  process.stdout.write(`knip saw ${counters.total} files\n`);
}
