import { type Field, formField, linesOf } from './fields.ts'

type Values = Readonly<Record<string, string>>

/** How a constraint of one type is asked for, and what becomes of the answers. */
export interface ConstraintForm {
  readonly label: string
  readonly note: string
  readonly fields: readonly Field[]
  /** The Parameters member. */
  readonly parameters: (values: Values) => string
}

export type ConstraintType = 'LAUNCH' | 'NOTIFICATION' | 'RESOURCE_UPDATE' | 'TEMPLATE' | 'STACKSET'

const emptyRules = `{
  "OnlySmall": {
    "Assertions": [
      {
        "Assert": { "Fn::Contains": [["small", "medium"], { "Ref": "Size" }] },
        "AssertDescription": "Only small and medium are allowed."
      }
    ]
  }
}`

/** One row a type. */
export const constraintForms: Readonly<Record<ConstraintType, ConstraintForm>> = {
  LAUNCH: {
    label: 'Launch: the role that a product is launched with',
    note: 'Without one, a product acts with the rights of whoever launches it.',
    fields: [
      formField('Role', {
        description: "A role's ARN, or its name: then each account's own role of that name is taken.",
        pattern: '(arn:aws[a-z-]*:iam::[0-9]{12}:role/.+)|[A-Za-z0-9_+=,.@-]{1,64}',
        patternText: 'The ARN of a role, or the name of one.',
      }),
    ],
    parameters: ({ Role = '' }) =>
      JSON.stringify(Role.startsWith('arn:') ? { RoleArn: Role } : { LocalRoleName: Role }),
  },
  NOTIFICATION: {
    label: "Notification: topics that are told of the product's events",
    note: 'Up to five topics.',
    fields: [formField('Topics', { description: 'ARNs of SNS topics.', isList: true })],
    parameters: ({ Topics = '' }) => JSON.stringify({ NotificationArns: linesOf(Topics) }),
  },
  RESOURCE_UPDATE: {
    label: 'Resource update: whether tags may be changed by an update',
    note: 'Without one, an update leaves tags as they are.',
    fields: [
      formField('TagUpdates', {
        label: 'Changes of tags',
        initial: 'ALLOWED',
        options: ['ALLOWED', 'NOT_ALLOWED'],
        optionLabels: { ALLOWED: 'Allowed', NOT_ALLOWED: 'Not allowed' },
      }),
    ],
    parameters: ({ TagUpdates }) =>
      JSON.stringify({ Version: '2.0', Properties: { TagUpdateOnProvisionedProduct: TagUpdates } }),
  },
  TEMPLATE: {
    label: 'Template: rules for the values of parameters',
    note: "Rules as in a template's Rules section.",
    fields: [formField('Rules', { label: 'Rules, as JSON', initial: emptyRules, isLong: true })],
    parameters: ({ Rules = '' }) => {
      const rules: unknown = JSON.parse(Rules)
      // What was copied out of a template comes with the name of its section.
      return JSON.stringify(Object.hasOwn(Object(rules), 'Rules') ? rules : { Rules: rules })
    },
  },
  STACKSET: {
    label: 'Stack set: the accounts and regions that a product goes to',
    note: 'A product has either this or a launch constraint.',
    fields: [
      formField('Accounts', { isList: true, pattern: '[0-9]{12}', patternText: 'Accounts have 12 digits.' }),
      formField('Regions', { isList: true, pattern: '[a-z0-9-]+', patternText: 'Names of regions, e.g. eu-west-1.' }),
      formField('AdminRole', { label: "Administrator role's ARN", pattern: 'arn:aws[a-z-]*:iam::[0-9]{12}:role/.+' }),
      formField('ExecutionRole', { label: "Execution role's name", pattern: '[A-Za-z0-9_+=,.@-]{1,64}' }),
    ],
    parameters: ({ Accounts = '', Regions = '', AdminRole, ExecutionRole }) =>
      JSON.stringify({
        Version: '2.0',
        Properties: { AccountList: linesOf(Accounts), RegionList: linesOf(Regions), AdminRole, ExecutionRole },
      }),
  },
}

export const constraintTypes = Object.keys(constraintForms) as readonly ConstraintType[]
