import type { ExpressionBuilder, StringReference } from 'kysely'
import { ownerRole } from '../../catalog/owner.ts'
import type { Tables } from '../tables.ts'

/** Whose products and records a list shows: everybody's of the account, one owner's, or those of a role's sessions. */
export interface AccessFilter {
  readonly userArn?: string
  /** As catalog/owner.ts has it. */
  readonly ownerRole?: string
}

/** The columns that access levels look at. */
export function ownerColumns(userArn: string) {
  return { user_arn: userArn, owner_role: ownerRole(userArn) ?? null }
}

/** The condition on the owner's columns that a filter means. */
export function ownedBy<T extends 'provisioned_products' | 'provisioned_product_plans' | 'records' | 'interventions'>({
  userArn,
  ownerRole,
}: AccessFilter) {
  return ({ eb, and }: ExpressionBuilder<Tables, T>) => {
    const column = (name: string) => name as StringReference<Tables, T>
    if (userArn !== undefined) return eb(column('user_arn'), '=', userArn as never)
    if (ownerRole !== undefined) return eb(column('owner_role'), '=', ownerRole as never)
    return and([])
  }
}
