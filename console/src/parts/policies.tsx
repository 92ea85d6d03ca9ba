import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useAll, useApi, usePages } from '../api/use-api.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { DataTable } from './data-table.tsx'
import { Failure } from './failure.tsx'
import { FormButton } from './form-button.tsx'
import { OneLine } from './words.tsx'

/** The operations of the three kinds of identities differ in their names and in the member that names the identity. */
const kinds = {
  user: {
    name: (name: string) => ({ UserName: name }),
    attached: 'iam.ListAttachedUserPolicies',
    inline: 'iam.ListUserPolicies',
    read: 'iam.GetUserPolicy',
    attach: 'iam.AttachUserPolicy',
    detach: 'iam.DetachUserPolicy',
    put: 'iam.PutUserPolicy',
    remove: 'iam.DeleteUserPolicy',
  },
  group: {
    name: (name: string) => ({ GroupName: name }),
    attached: 'iam.ListAttachedGroupPolicies',
    inline: 'iam.ListGroupPolicies',
    read: 'iam.GetGroupPolicy',
    attach: 'iam.AttachGroupPolicy',
    detach: 'iam.DetachGroupPolicy',
    put: 'iam.PutGroupPolicy',
    remove: 'iam.DeleteGroupPolicy',
  },
  role: {
    name: (name: string) => ({ RoleName: name }),
    attached: 'iam.ListAttachedRolePolicies',
    inline: 'iam.ListRolePolicies',
    read: 'iam.GetRolePolicy',
    attach: 'iam.AttachRolePolicy',
    detach: 'iam.DetachRolePolicy',
    put: 'iam.PutRolePolicy',
    remove: 'iam.DeleteRolePolicy',
  },
} as const

export type IdentityKind = keyof typeof kinds

/** Their inputs and outputs are the same but for that member; these stand for all three. */
type Attached = 'iam.ListAttachedUserPolicies'
type Inline = 'iam.ListUserPolicies'
type Named = { readonly UserName: string }

const policiesOf = (output: Output<'iam.ListPolicies'>) => output.Policies

const attachedOf = (output: Output<Attached>) => output.AttachedPolicies
const inlineOf = (output: Output<Inline>) => output.PolicyNames

interface Row {
  readonly name: string
  /** Absent: it is written into the identity itself. */
  readonly arn?: string
}

/** What an identity may do: managed policies that are attached, and policies of its own. */
export function Policies({ kind, name }: { readonly kind: IdentityKind; readonly name: string }) {
  const names = kinds[kind]
  const identity = names.name(name) as Named
  const attached = usePages(names.attached as Attached, identity, { rows: attachedOf })
  const inline = usePages(names.inline as Inline, identity, { rows: inlineOf })
  const known = useAll(usePages('iam.ListPolicies', { MaxItems: 100 }, { rows: policiesOf }))
  const here = new Set(attached.rows.map(each => each.PolicyArn))
  const others = known.flatMap(({ Arn, PolicyName = '' }) => (Arn && !here.has(Arn) ? [[Arn, PolicyName]] : []))
  const rows: readonly Row[] = [
    ...attached.rows.map(each => ({ name: each.PolicyName ?? '', arn: each.PolicyArn })),
    ...inline.rows.map(each => ({ name: each })),
  ]
  return (
    <DataTable
      title="Policies"
      variant="container"
      pages={{
        ...attached,
        rows,
        error: attached.error ?? inline.error,
        isLoading: attached.isLoading || inline.isLoading,
        hasMore: attached.hasMore || inline.hasMore,
        isLoadingMore: attached.isLoadingMore || inline.isLoadingMore,
        loadMore: () => (attached.hasMore ? attached.loadMore() : inline.loadMore()),
      }}
      rowId={row => row.arn ?? ` ${row.name}`}
      sort="name"
      empty="It has no policy: it may do nothing of its own."
      actions={
        <>
          <FormButton
            label="Write policy"
            title={`A policy of ${visible(name)}'s own`}
            submit="Save"
            done="The policy was saved."
            fields={policyFields}
            run={({ PolicyName = '', PolicyDocument = '' }) =>
              call(names.put as 'iam.PutUserPolicy', { ...identity, PolicyName, PolicyDocument })
            }
          />{' '}
          <FormButton
            label="Attach policy"
            title="Attach a managed policy"
            submit="Attach"
            done="The policy was attached."
            fields={[
              formField('PolicyArn', {
                label: 'Policy',
                options: others.map(([arn]) => arn!),
                optionLabels: Object.fromEntries(others),
              }),
            ]}
            run={({ PolicyArn = '' }) => call(names.attach as 'iam.AttachUserPolicy', { ...identity, PolicyArn })}
          />
        </>
      }
      columns={[
        { id: 'name', header: 'Name', width: 280, value: row => row.name, cell: row => <OneLine>{row.name}</OneLine> },
        {
          id: 'kind',
          header: 'Kind',
          width: 140,
          value: row => (row.arn ? 'Managed' : 'Its own'),
          cell: row => (row.arn ? 'Managed' : 'Its own'),
        },
        {
          id: 'what',
          header: 'What it says',
          width: 340,
          value: row => row.arn,
          cell: row =>
            row.arn ? <OneLine>{row.arn}</OneLine> : <Inline kind={kind} identity={identity} policy={row.name} />,
        },
        {
          id: 'remove',
          header: 'Remove',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label={row.arn ? 'Detach' : 'Delete'}
              ariaLabel={`${row.arn ? 'Detach' : 'Delete'} ${visible(row.name)}`}
              title={`${row.arn ? 'Detach' : 'Delete'} ${visible(row.name)}?`}
              run={() =>
                row.arn
                  ? call(names.detach as 'iam.DetachUserPolicy', { ...identity, PolicyArn: row.arn })
                  : call(names.remove as 'iam.DeleteUserPolicy', { ...identity, PolicyName: row.name })
              }
              done="It was removed."
            >
              What it allows is no longer allowed, from the next call on.
            </ConfirmButton>
          ),
        },
      ]}
    />
  )
}

function Inline({
  kind,
  identity,
  policy,
}: {
  readonly kind: IdentityKind
  readonly identity: Named
  readonly policy: string
}) {
  const names = kinds[kind]
  const { data, error } = useApi(names.read as 'iam.GetUserPolicy', { ...identity, PolicyName: policy })
  if (error) return <Failure error={error} />
  const text = data && prettyPolicy(data.PolicyDocument)
  return (
    <FormButton
      variant="inline-link"
      label="Look at and edit"
      ariaLabel={`Edit ${visible(policy)}`}
      disabled={text === undefined}
      title={visible(policy)}
      submit="Save"
      done="The policy was saved."
      fields={[formField('PolicyDocument', { label: 'Policy', initial: text ?? '', isLong: true })]}
      run={({ PolicyDocument = '' }) =>
        call(names.put as 'iam.PutUserPolicy', { ...identity, PolicyName: policy, PolicyDocument })
      }
    />
  )
}

/** IAM gives policies with percent signs, as they were in addresses once. */
export function prettyPolicy(escaped: string): string {
  try {
    return JSON.stringify(JSON.parse(decodeURIComponent(escaped)), undefined, 2)
  } catch {
    return escaped
  }
}

const policyFields = [
  formField('PolicyName', { label: 'Name', pattern: '[A-Za-z0-9_+=,.@-]{1,128}' }),
  formField('PolicyDocument', {
    label: 'Policy',
    isLong: true,
    initial: JSON.stringify(
      {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['servicecatalog:DescribeProduct'], Resource: '*' }],
      },
      undefined,
      2,
    ),
  }),
]
