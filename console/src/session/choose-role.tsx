import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { nameOfArn, visible } from '../words/text.ts'
import { session, type Ways } from './session.ts'

interface Props {
  readonly choice: NonNullable<Ways['choice']>
  readonly onProblem: (problem: string | undefined) => void
}

/** The roles that somebody whom a provider has vouched for may act as. */
export function ChooseRole({ choice: { provider, name, roles }, onProblem }: Props) {
  const [busy, setBusy] = useState<string>()
  const choose = async (role: string) => {
    setBusy(role)
    onProblem(await session.choose(role))
    setBusy(undefined)
  }
  return (
    <SpaceBetween size="m">
      <div className="text">
        {visible(provider)} knows you as <strong>{visible(name)}</strong>. Act as
      </div>
      <SpaceBetween size="xs">
        {roles.map(role => (
          <Button
            key={role}
            fullWidth
            loading={busy === role}
            disabled={busy !== undefined}
            onClick={() => void choose(role)}
          >
            {visible(nameOfArn(role))} · {role.split(':')[4]}
          </Button>
        ))}
      </SpaceBetween>
      <Button variant="link" disabled={busy !== undefined} onClick={() => void session.chooseNone()}>
        Sign in another way
      </Button>
    </SpaceBetween>
  )
}
