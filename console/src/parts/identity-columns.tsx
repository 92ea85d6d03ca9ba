import Link from '@cloudscape-design/components/link'
import type { Output } from '../api/services.ts'
import { to } from '../routing/location.ts'
import { visible } from '../words/text.ts'
import type { Column } from './data-table.tsx'
import { OneLine, Time } from './words.tsx'

type Identity = Pick<NonNullable<Output<'iam.ListUsers'>['Users']>[number], 'Arn' | 'CreateDate'>

/** The columns of a table of users, groups or roles; `path` is the view of one of them. `more` comes after the name. */
export function identityColumns<Row extends Identity>(
  path: string,
  nameOf: (row: Row) => string,
  more: readonly Column<Row>[] = [],
): readonly Column<Row>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 260,
      value: nameOf,
      cell: row => <Link href={to(path, nameOf(row))}>{visible(nameOf(row))}</Link>,
    },
    ...more,
    { id: 'arn', header: 'ARN', width: 420, value: row => row.Arn, cell: row => <OneLine>{row.Arn}</OneLine> },
    {
      id: 'created',
      header: 'Created',
      width: 200,
      value: row => row.CreateDate,
      cell: row => <Time of={row.CreateDate} />,
    },
  ]
}
