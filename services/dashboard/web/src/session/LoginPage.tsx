import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { login } from './login-calls.ts';

export function LoginPage({ notice }: { notice: string | null }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  async function attempt(body: Parameters<typeof login>[0]): Promise<void> {
    setBusy(true);
    setFault(null);
    const refused = await login(body);
    if (refused !== null) setFault(`Not logged in: ${refused}.`);
    setBusy(false);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void attempt({ password });
  }

  return (
    <main className="login" data-testid="login">
      <form className="login-card" onSubmit={submit}>
        <img src="/ballast.svg" alt="" width="44" height="44" />
        <h1>Ballast</h1>
        <p className="dim">Trading platform, operator log-in</p>
        {notice !== null && <p className="login-notice">{notice}</p>}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value="operator"
          readOnly
          hidden
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-autofocus
          data-testid="login-password"
        />
        <Button
          type="submit"
          fullWidth
          loading={busy}
          disabled={password === ''}
          data-testid="login-submit"
        >
          Log in
        </Button>
        <div role="alert" className="login-fault" data-testid="login-fault">
          {fault}
        </div>
        <p className="dim login-help">
          No password yet, or lost it? Run <code>npm run -s ballast -- login-link</code> on the
          machine itself: it prints a link that works once.
        </p>
      </form>
    </main>
  );
}
