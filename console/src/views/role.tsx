import { call } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { FailurePage } from '../parts/failure.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { IdentityPage } from '../parts/identity-page.tsx'
import { Policies, prettyPolicy } from '../parts/policies.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { ViewProps } from '../routes.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'

/** One role: who may act as it, and what it may do. */
export default function Role({ id: name }: ViewProps) {
  const { data, error } = useApi('iam.GetRole', { RoleName: name })
  if (error) return <FailurePage error={error} title="The role cannot be shown" />
  if (!data) return <Waiting />
  const trust = prettyPolicy(data.Role?.AssumeRolePolicyDocument ?? '')
  return (
    <IdentityPage
      name={name}
      arn={data.Role?.Arn}
      created={data.Role?.CreateDate}
      description={data.Role?.Description}
      remove={() => call('iam.DeleteRole', { RoleName: name })}
      removed={() => go('/roles')}
      actions={
        <FormButton
          label="Edit who may act as it"
          title={`Who may act as ${visible(name)}`}
          submit="Save"
          done="Saved."
          fields={[formField('PolicyDocument', { label: 'Trust policy', initial: trust, isLong: true })]}
          run={({ PolicyDocument = '' }) => call('iam.UpdateAssumeRolePolicy', { RoleName: name, PolicyDocument })}
        />
      }
      tabs={[
        { id: 'policies', label: 'Policies', content: <Policies kind="role" name={name} /> },
        {
          id: 'trust',
          label: 'Who may act as it',
          content: <pre className="mono">{visible(trust)}</pre>,
        },
      ]}
    />
  )
}
