import Alert from '@cloudscape-design/components/alert'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { DataTable } from './data-table.tsx'
import { CopyButton, OneLine, Status, Text, Time } from './words.tsx'

const rowsOf = (output: Output<'iam.ListAccessKeys'>) => output.AccessKeyMetadata

type Made = NonNullable<Output<'iam.CreateAccessKey'>['AccessKey']>

/** A user's access keys. A secret is shown when its key is made, and never again; it is kept nowhere here. */
export function AccessKeys({ userName }: { readonly userName: string }) {
  const pages = usePages('iam.ListAccessKeys', { UserName: userName }, { rows: rowsOf })
  const [made, setMade] = useState<Made>()
  return (
    <SpaceBetween size="m">
      {made && (
        <Alert
          type="success"
          header="The access key was made: this is the only time that its secret is shown"
          dismissible
          dismissAriaLabel="I have kept it"
          onDismiss={() => setMade(undefined)}
        >
          <KeyValuePairs
            columns={2}
            items={[
              {
                label: 'Access key id',
                value: (
                  <>
                    <Text mono>{made.AccessKeyId}</Text> <CopyButton what="the key's id" text={made.AccessKeyId} />
                  </>
                ),
              },
              {
                label: 'Secret access key',
                value: (
                  <>
                    <Text mono>{made.SecretAccessKey}</Text>{' '}
                    <CopyButton what="the secret" text={made.SecretAccessKey} />
                  </>
                ),
              },
            ]}
          />
        </Alert>
      )}
      <DataTable
        title="Access keys"
        variant="container"
        pages={pages}
        rowId={row => row.AccessKeyId ?? ''}
        sort="-created"
        empty="The user has no key, and cannot sign in."
        actions={
          <ConfirmButton
            label="Create access key"
            title={`Create an access key for ${visible(userName)}?`}
            run={async () => setMade((await call('iam.CreateAccessKey', { UserName: userName })).AccessKey)}
          >
            Whoever has it can do what the user may. A user has two at most.
          </ConfirmButton>
        }
        columns={[
          {
            id: 'id',
            header: 'Access key id',
            width: 240,
            value: row => row.AccessKeyId,
            cell: row => <OneLine>{row.AccessKeyId}</OneLine>,
          },
          { id: 'status', header: 'Status', value: row => row.Status, cell: row => <Status of={row.Status} /> },
          {
            id: 'created',
            header: 'Created',
            width: 200,
            value: row => row.CreateDate,
            cell: row => <Time of={row.CreateDate} />,
          },
          {
            id: 'change',
            header: 'Change',
            width: 200,
            cell: ({ AccessKeyId = '', Status: status }) => {
              const isActive = status === 'Active'
              const ids = { UserName: userName, AccessKeyId }
              return (
                <span className="row-actions">
                  <ConfirmButton
                    variant="inline-link"
                    label={isActive ? 'Deactivate' : 'Activate'}
                    ariaLabel={`${isActive ? 'Deactivate' : 'Activate'} ${AccessKeyId}`}
                    title={`${isActive ? 'Deactivate' : 'Activate'} the key?`}
                    run={() => call('iam.UpdateAccessKey', { ...ids, Status: isActive ? 'Inactive' : 'Active' })}
                    done="It was changed."
                  >
                    {isActive
                      ? 'It no longer works, and sessions that were begun with it end.'
                      : 'Whoever has it can use it again.'}
                  </ConfirmButton>
                  <ConfirmButton
                    variant="inline-link"
                    label="Delete"
                    ariaLabel={`Delete ${AccessKeyId}`}
                    title="Delete the key?"
                    run={() => call('iam.DeleteAccessKey', ids)}
                    done="It was deleted."
                  >
                    It no longer works, and sessions that were begun with it end. This cannot be undone.
                  </ConfirmButton>
                </span>
              )
            },
          },
        ]}
      />
    </SpaceBetween>
  )
}
