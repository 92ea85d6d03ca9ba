import Button from '@cloudscape-design/components/button'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { session } from './session.ts'

interface Props {
  /** Whether there is nothing before it: then one can type at once. */
  readonly isFirst: boolean
  readonly onProblem: (problem: string | undefined) => void
}

/** Signing in with an access key, which leaves the page as soon as the server has answered. */
export function KeyForm({ isFirst, onProblem }: Props) {
  const [accessKeyId, setId] = useState('')
  const [secretAccessKey, setSecret] = useState('')
  const [sessionToken, setToken] = useState('')
  const [isBusy, setBusy] = useState(false)
  const signIn = async () => {
    setBusy(true)
    const failure = await session.signIn({ accessKeyId, secretAccessKey, sessionToken })
    setBusy(false)
    onProblem(failure)
    if (failure === undefined) setSecret('')
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        void signIn()
      }}
    >
      <Form
        actions={
          <Button
            variant={isFirst ? 'primary' : 'normal'}
            loading={isBusy}
            formAction="submit"
            disabled={!accessKeyId || !secretAccessKey}
          >
            Sign in
          </Button>
        }
      >
        <SpaceBetween size="m">
          <FormField label="Access key ID">
            <Input
              value={accessKeyId}
              onChange={({ detail }) => setId(detail.value)}
              autoComplete="username"
              spellcheck={false}
              autoFocus={isFirst}
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
    </form>
  )
}
