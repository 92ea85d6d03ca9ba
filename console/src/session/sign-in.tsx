import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useEffect, useState } from 'react'
import { visible } from '../words/text.ts'
import { ChooseRole } from './choose-role.tsx'
import { KeyForm } from './key-form.tsx'
import { session, type Ways } from './session.ts'

/** Who are you? Through an identity provider, with an access key, or whichever of them there is. */
export function SignIn({ ways, why }: { readonly ways: Ways; readonly why?: string | undefined }) {
  const [problem, setProblem] = useState(ways.problem)
  const { accessKeys, providers, choice } = ways
  return (
    <main className="sign-in">
      <div>
        <div className="brand">
          <img src="/favicon.svg" alt="" />
          <span>Bellhop</span>
        </div>
        <Container header={<Header variant="h1">{choice ? 'Choose a role' : 'Sign in'}</Header>}>
          <SpaceBetween size="m">
            {problem !== undefined ? (
              <Alert type="error">
                <span className="text">{visible(problem)}</span>
              </Alert>
            ) : (
              why !== undefined && <Alert type="info">{why}</Alert>
            )}
            {choice ? (
              <ChooseRole choice={choice} onProblem={setProblem} />
            ) : (
              <SpaceBetween size="m">
                {providers.length > 0 && <Providers providers={providers} onProblem={setProblem} />}
                {providers.length > 0 && accessKeys && <div className="or">or with an access key</div>}
                {accessKeys && <KeyForm isFirst={providers.length === 0} onProblem={setProblem} />}
              </SpaceBetween>
            )}
          </SpaceBetween>
        </Container>
      </div>
    </main>
  )
}

interface ProvidersProps extends Pick<Ways, 'providers'> {
  readonly onProblem: (problem: string | undefined) => void
}

function Providers({ providers, onProblem }: ProvidersProps) {
  const [busy, setBusy] = useState<string>()
  const go = async (id: string) => {
    setBusy(id)
    const problem = await session.signInThrough(id)
    onProblem(problem)
    // Without one, the provider's page is on its way.
    if (problem !== undefined) setBusy(undefined)
  }
  // Whoever comes back without having signed in finds the page as it was left.
  useEffect(() => {
    const reset = () => setBusy(undefined)
    addEventListener('pageshow', reset)
    return () => removeEventListener('pageshow', reset)
  }, [])
  return (
    <SpaceBetween size="xs">
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          fullWidth
          variant="primary"
          loading={busy === id}
          disabled={busy !== undefined}
          onClick={() => void go(id)}
        >
          Sign in with {visible(name)}
        </Button>
      ))}
    </SpaceBetween>
  )
}
