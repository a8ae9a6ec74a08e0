import { ActionIcon, Button } from '@mantine/core';
import { IconKey, IconLogout } from '@tabler/icons-react';
import { useState } from 'react';
import { logout } from '../session/login-calls.ts';
import { PasswordDialog } from '../session/PasswordDialog.tsx';
import { useSession } from '../session/session-store.ts';
import { ColourSwitch } from './ColourSwitch.tsx';
import { Navigation } from './Navigation.tsx';

export function Header() {
  const session = useSession();
  const [choosing, setChoosing] = useState(false);
  return (
    <header className="header">
      <div className="brand">
        <img src="/ballast.svg" alt="" width="22" height="22" />
        <h1>Ballast</h1>
        <span className="dim brand-account">account {session.account}</span>
      </div>
      <Navigation place="top" />
      <div className="header-tools">
        {session.passwordSet === false && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setChoosing(true)}
            data-testid="choose-password"
          >
            Choose a password
          </Button>
        )}
        {session.passwordSet === true && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label="Change password"
            onClick={() => setChoosing(true)}
          >
            <IconKey size={18} />
          </ActionIcon>
        )}
        <ColourSwitch />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Log out"
          onClick={() => void logout()}
          data-testid="logout"
        >
          <IconLogout size={18} />
        </ActionIcon>
      </div>
      <PasswordDialog opened={choosing} onClose={() => setChoosing(false)} />
    </header>
  );
}
