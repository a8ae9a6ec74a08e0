/** Loaded before a process of a bench: `'cpu'` is answered with its CPU time so far, in µs. */
process.on('message', (message) => {
  if (message !== 'cpu') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
