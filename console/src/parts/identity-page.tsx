import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TabsProps } from '@cloudscape-design/components/tabs'
import type { ReactNode } from 'react'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { TabSet } from './tab-set.tsx'
import { CopyButton, Text, Time } from './words.tsx'

interface Props {
  readonly name: string
  readonly arn: string | undefined
  readonly created: number | undefined
  readonly description?: string
  readonly remove: () => Promise<unknown>
  readonly removed: () => void
  readonly tabs: readonly TabsProps.Tab[]
  readonly actions?: ReactNode
}

/** A user, a group or a role: what they have in common. */
export function IdentityPage({ name, arn = '', created, description, remove, removed, tabs, actions }: Props) {
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={description && <Text>{description}</Text>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton
              label="Delete"
              title={`Delete ${visible(name)}?`}
              run={remove}
              done={`${name} was deleted.`}
              then={removed}
            >
              What still has keys, members or policies cannot be deleted: remove those first.
            </ConfirmButton>
            {actions}
          </SpaceBetween>
        }
      >
        {visible(name)}
      </Header>
      <Container>
        <KeyValuePairs
          columns={2}
          items={[
            {
              label: 'ARN',
              value: (
                <>
                  <Text mono>{arn}</Text> <CopyButton what="the ARN" text={arn} />
                </>
              ),
            },
            { label: 'Created', value: <Time of={created} /> },
          ]}
        />
      </Container>
      <TabSet label={`Of ${visible(name)}`} tabs={tabs} />
    </SpaceBetween>
  )
}
