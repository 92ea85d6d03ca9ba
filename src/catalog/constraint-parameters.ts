import type { Constraint, StackSetRoles } from './entities.ts'
import type { StackSetLimits } from './stack-set.ts'
import { checkRule, type TemplateRule, TemplateRuleError } from './template-rules.ts'

/**
 * The Parameters member of a constraint: JSON text whose form depends on the constraint's type (CreateConstraint, API
 * reference). Pure.
 */
export type ConstraintType = 'LAUNCH' | 'NOTIFICATION' | 'RESOURCE_UPDATE' | 'STACKSET' | 'TEMPLATE'

/** Parameters that a constraint of its type cannot have; the message is for the caller. */
export class ConstraintParametersError extends Error {}

type Fields = Readonly<Record<string, unknown>>

const checks: Readonly<Record<ConstraintType, (parameters: Fields) => void>> = {
  LAUNCH(parameters) {
    only(parameters, ['RoleArn', 'LocalRoleName'])
    const { RoleArn, LocalRoleName } = parameters
    if ((RoleArn === undefined) === (LocalRoleName === undefined)) {
      fail('A LAUNCH constraint needs either RoleArn or LocalRoleName, and not both.')
    }
    if (RoleArn !== undefined) requireRoleArn(RoleArn, 'RoleArn')
    if (LocalRoleName !== undefined && !isText(LocalRoleName, /^[\w+=,.@-]{1,64}$/)) {
      fail('LocalRoleName must be the name of an IAM role.')
    }
  },
  NOTIFICATION(parameters) {
    only(parameters, ['NotificationArns'])
    const arns = requireList(parameters['NotificationArns'], 'NotificationArns')
    if (arns.length > 5) fail('NotificationArns has more than 5 members.')
    if (!arns.every(arn => isText(arn, /^arn:aws[a-z-]*:sns:[^:]+:[0-9]{12}:.+$/))) {
      fail('NotificationArns must be the ARNs of SNS topics.')
    }
  },
  RESOURCE_UPDATE(parameters) {
    only(parameters, ['Version', 'Properties'])
    requireVersion(parameters)
    const properties = requireFields(parameters['Properties'], 'Properties')
    only(properties, ['TagUpdateOnProvisionedProduct'])
    if (!isText(properties['TagUpdateOnProvisionedProduct'], /^(ALLOWED|NOT_ALLOWED)$/)) {
      fail('TagUpdateOnProvisionedProduct must be ALLOWED or NOT_ALLOWED.')
    }
  },
  STACKSET(parameters) {
    only(parameters, ['Version', 'Properties'])
    requireVersion(parameters)
    const properties = requireFields(parameters['Properties'], 'Properties')
    only(properties, ['AccountList', 'RegionList', 'AdminRole', 'ExecutionRole'])
    if (!requireList(properties['AccountList'], 'AccountList').every(account => isText(account, /^[0-9]{12}$/))) {
      fail('AccountList must be accounts of 12 digits.')
    }
    if (!requireList(properties['RegionList'], 'RegionList').every(region => isText(region, /^[a-z0-9-]+$/))) {
      fail('RegionList must be names of regions.')
    }
    requireRoleArn(properties['AdminRole'], 'AdminRole')
    if (!isText(properties['ExecutionRole'], /^[\w+=,.@-]{1,64}$/)) {
      fail('ExecutionRole must be the name of an IAM role.')
    }
  },
  TEMPLATE(parameters) {
    only(parameters, ['Rules', 'AWSTemplateFormatVersion', 'Description'])
    const rules = requireFields(parameters['Rules'], 'Rules')
    try {
      for (const [name, rule] of Object.entries(rules)) checkRule(name, rule)
    } catch (error) {
      if (error instanceof TemplateRuleError) fail(error.message)
      throw error
    }
  },
}

/** Throws ConstraintParametersError when there is no such type or the text is not in the type's form. */
export function checkConstraintParameters(type: string, text: string): asserts type is ConstraintType {
  if (!Object.hasOwn(checks, type)) {
    fail(`Constraint type ${type} is not one of ${Object.keys(checks).join(', ')}.`)
  }
  checks[type as ConstraintType](parse(text))
}

/** The roles that a constraint hands to Service Catalog: by ARN, or by name in the account that makes the constraint. */
export function rolesOfConstraint(type: string, text: string): readonly ({ arn: string } | { name: string })[] {
  const parameters = parse(text)
  if (type === 'LAUNCH') {
    const { RoleArn: arn, LocalRoleName: name } = parameters as { RoleArn?: string; LocalRoleName?: string }
    return [arn === undefined ? { name: name! } : { arn }]
  }
  if (type !== 'STACKSET') return []
  // The execution role is one of the accounts that stacks go to: the admin role assumes it, nobody hands it over.
  return [{ arn: (parameters['Properties'] as { AdminRole: string }).AdminRole }]
}

/** What a product's constraints in one portfolio say together. Each kind that is absent is undefined or empty. */
export interface ConstraintEffects {
  /** A role's ARN, or the name of a role in the account that launches. */
  readonly launchRole?: { readonly RoleArn: string } | { readonly LocalRoleName: string }
  readonly notificationArns: readonly string[]
  readonly tagUpdate: 'ALLOWED' | 'NOT_ALLOWED'
  readonly stackSet?: StackSetLimits & { readonly roles: StackSetRoles }
  /** Template rules by name; a later constraint's rule replaces an earlier one of the same name. */
  readonly rules: ReadonlyMap<string, TemplateRule>
}

export function constraintEffects(constraints: readonly Constraint[]): ConstraintEffects {
  const of = (type: ConstraintType) =>
    constraints.filter(({ detail }) => detail.Type === type).map(({ parameters }) => parse(parameters))
  const stackSet = of('STACKSET')[0]?.['Properties'] as
    | { AccountList: string[]; RegionList: string[]; AdminRole: string; ExecutionRole: string }
    | undefined
  const update = of('RESOURCE_UPDATE')[0]?.['Properties'] as Fields | undefined
  return {
    launchRole: of('LAUNCH')[0] as ConstraintEffects['launchRole'],
    notificationArns: of('NOTIFICATION').flatMap(parameters => parameters['NotificationArns'] as string[]),
    tagUpdate: update?.['TagUpdateOnProvisionedProduct'] === 'ALLOWED' ? 'ALLOWED' : 'NOT_ALLOWED',
    stackSet: stackSet && {
      accounts: stackSet.AccountList,
      regions: stackSet.RegionList,
      roles: { adminRoleArn: stackSet.AdminRole, executionRoleName: stackSet.ExecutionRole },
    },
    rules: new Map(
      of('TEMPLATE').flatMap(parameters =>
        Object.entries(parameters['Rules'] as Readonly<Record<string, TemplateRule>>),
      ),
    ),
  }
}

function parse(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    fail('Parameters is not valid JSON.')
  }
  return requireFields(value, 'Parameters')
}

function only(fields: Fields, names: readonly string[]): void {
  const foreign = Object.keys(fields).find(name => !names.includes(name))
  if (foreign !== undefined) fail(`Unknown member ${foreign}; known are ${names.join(', ')}.`)
}

function requireFields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(`${name} must be a JSON object.`)
  return value as Fields
}

function requireList(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) fail(`${name} must be a JSON array with at least one member.`)
  return value as readonly unknown[]
}

function requireVersion(parameters: Fields): void {
  if (!isText(parameters['Version'], /^[0-9]+\.[0-9]+$/)) fail('Version must be a text such as "2.0".')
}

function requireRoleArn(value: unknown, name: string): void {
  if (!isText(value, /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@\-/]+$/)) {
    fail(`${name} must be the ARN of an IAM role.`)
  }
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function fail(message: string): never {
  throw new ConstraintParametersError(message)
}
