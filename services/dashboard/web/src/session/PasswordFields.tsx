import { PASSWORD_LENGTH_MIN } from '@ballast/domain';
import { PasswordInput } from '@mantine/core';

export type TypedPasswords = {
  readonly password: string;
  readonly repeated: string;
  readonly current: string;
};

type Props = {
  asksCurrent: boolean;
  typed: TypedPasswords;
  onChange: (typed: TypedPasswords) => void;
};

export function PasswordFields({ asksCurrent, typed, onChange }: Props) {
  const differs = typed.repeated !== '' && typed.repeated !== typed.password;
  return (
    <>
      <input type="text" name="username" autoComplete="username" value="operator" readOnly hidden />
      {asksCurrent && (
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          value={typed.current}
          onChange={(event) => onChange({ ...typed, current: event.currentTarget.value })}
          data-testid="password-current"
        />
      )}
      <PasswordInput
        label="New password"
        description={`At least ${PASSWORD_LENGTH_MIN} characters`}
        autoComplete="new-password"
        value={typed.password}
        onChange={(event) => onChange({ ...typed, password: event.currentTarget.value })}
        data-testid="password-new"
      />
      <PasswordInput
        label="Once more"
        autoComplete="new-password"
        value={typed.repeated}
        error={differs ? 'The two differ' : undefined}
        onChange={(event) => onChange({ ...typed, repeated: event.currentTarget.value })}
        data-testid="password-repeat"
      />
    </>
  );
}
