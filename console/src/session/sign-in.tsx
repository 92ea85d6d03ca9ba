import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { session } from './session.ts'

/** Signing in with an access key, which leaves the page as soon as the server has answered. */
export function SignIn({ why }: { readonly why?: string }) {
  const [accessKeyId, setId] = useState('')
  const [secretAccessKey, setSecret] = useState('')
  const [sessionToken, setToken] = useState('')
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const signIn = async () => {
    setBusy(true)
    const failure = await session.signIn({ accessKeyId, secretAccessKey, sessionToken })
    setBusy(false)
    setProblem(failure)
    if (failure === undefined) setSecret('')
  }
  return (
    <main className="sign-in">
      <div>
        <div className="brand">
          <img src="/favicon.svg" alt="" />
          <span>Bellhop</span>
        </div>
        <form
          onSubmit={event => {
            event.preventDefault()
            void signIn()
          }}
        >
          <Container header={<Header variant="h1">Sign in</Header>}>
            <Form
              actions={
                <Button
                  variant="primary"
                  loading={isBusy}
                  formAction="submit"
                  disabled={!accessKeyId || !secretAccessKey}
                >
                  Sign in
                </Button>
              }
            >
              <SpaceBetween size="m">
                {problem !== undefined ? (
                  <Alert type="error">{problem}</Alert>
                ) : (
                  why !== undefined && <Alert type="info">{why}</Alert>
                )}
                <FormField label="Access key ID">
                  <Input
                    value={accessKeyId}
                    onChange={({ detail }) => setId(detail.value)}
                    autoComplete="username"
                    spellcheck={false}
                    autoFocus
                  />
                </FormField>
                <FormField label="Secret access key">
                  <Input
                    type="password"
                    value={secretAccessKey}
                    onChange={({ detail }) => setSecret(detail.value)}
                    autoComplete="current-password"
                  />
                </FormField>
                <ExpandableSection headerText="Temporary credentials">
                  <FormField label="Session token" description="Of a role's session; empty for a user's own key.">
                    <Input
                      type="password"
                      value={sessionToken}
                      onChange={({ detail }) => setToken(detail.value)}
                      autoComplete={false}
                    />
                  </FormField>
                </ExpandableSection>
              </SpaceBetween>
            </Form>
          </Container>
        </form>
      </div>
    </main>
  )
}
