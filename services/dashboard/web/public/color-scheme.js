// Before the first paint, so that a dark screen stays dark: a file of its own, since inline script
// is forbidden.
(() => {
  const key = 'mantine-color-scheme-value';
  let chosen = null;
  try {
    chosen = window.localStorage.getItem(key);
  } catch {
    // No storage, no stored choice: the system decides.
  }
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  const scheme = chosen === 'light' || chosen === 'dark' ? chosen : dark ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
