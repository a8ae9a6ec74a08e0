/** What a process that computes needs of ours beside what it is told: where things are. */
const PASSED_ON = [
  ...['PATH', 'HOME', 'TZ', 'TMPDIR', 'NODE_COMPILE_CACHE'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** No key that signs or checks commands is among it. */
export function childEnvironment(told: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = { ...told };
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
