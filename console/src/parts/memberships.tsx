import { call } from '../api/client.ts'
import type { Pages } from '../api/use-api.ts'
import { to } from '../routing/location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { DataTable } from './data-table.tsx'
import { FormButton } from './form-button.tsx'

/** A user in a group, by their names. */
interface Membership {
  readonly UserName: string
  readonly GroupName: string
}

interface Props<Row> {
  readonly title: string
  readonly empty: string
  /** The users of a group, or the groups of a user. */
  readonly pages: Pages<Row>
  /** What there is to add. */
  readonly all: readonly Row[]
  readonly nameOf: (row: Row) => string
  /** The view of one of them. */
  readonly path: string
  readonly membership: (name: string) => Membership
  readonly adding: { readonly label: string; readonly title: string; readonly field: string }
  /** What screen readers say of the button that removes one. */
  readonly removing: (name: string) => string
}

/** Who is in a group, or which groups a user is in: the same from both ends. */
export function Memberships<Row>(props: Props<Row>) {
  const { title, empty, pages, all, nameOf, path, membership, adding, removing } = props
  const here = new Set(pages.rows.map(nameOf))
  return (
    <DataTable
      title={title}
      variant="container"
      pages={pages}
      rowId={nameOf}
      sort="name"
      empty={empty}
      actions={
        <FormButton
          label={adding.label}
          title={adding.title}
          submit="Add"
          done="The user was added."
          fields={[
            formField('Name', { label: adding.field, options: all.map(nameOf).filter(each => !here.has(each)) }),
          ]}
          run={({ Name = '' }) => call('iam.AddUserToGroup', membership(Name))}
        />
      }
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 280,
          value: nameOf,
          cell: row => <a href={to(path, nameOf(row))}>{visible(nameOf(row))}</a>,
        },
        {
          id: 'remove',
          header: 'Remove',
          cell: row => {
            const { UserName, GroupName } = membership(nameOf(row))
            return (
              <ConfirmButton
                variant="inline-link"
                label="Remove"
                ariaLabel={removing(nameOf(row))}
                title={`Remove ${visible(UserName)} from ${visible(GroupName)}?`}
                run={() => call('iam.RemoveUserFromGroup', { UserName, GroupName })}
                done="The user was removed."
              >
                What the group's policies allow is no longer allowed to the user.
              </ConfirmButton>
            )
          },
        },
      ]}
    />
  )
}
