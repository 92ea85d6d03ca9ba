import * as z from 'zod'
import { isLimited, type Limits } from '../catalog/limits.ts'

const most = z
  .int('must be a whole number, 1 or more')
  .min(1, 'must be 1 or more: to allow nothing, take the permission away')
  .max(1_000_000)

const account = /^([0-9]{12}|default)$/

/** Types of provisioned products, and the section of the configuration that names the engines of each. */
const engineSections = {
  CFN_STACK: undefined,
  CFN_STACKSET: undefined,
  EXTERNAL: 'engines',
  TERRAFORM_OPEN_SOURCE: 'terraform',
  TERRAFORM_CLOUD: 'terraformCloud',
} as const

/** How much may be under way at once (docs/operating.md). Absent: as much as there is. */
export const limitsSchema = z
  .strictObject({
    /** Executions that this process advances at the same time; those that sleep or wait for somebody are none of them. */
    node: z.int().min(1).max(10_000).default(64),
    accounts: z
      .record(z.string(), most)
      .default({})
      .superRefine((limits, context) => {
        for (const name of Object.keys(limits).filter(each => !account.test(each))) {
          context.addIssue({ code: 'custom', path: [name], message: 'must be `default` or an account id of 12 digits' })
        }
      }),
    actions: z.record(z.string().min(1), most).default({}),
    engines: z.record(z.string(), most).default({}),
  })
  .prefault({})

export type LimitsConfig = z.infer<typeof limitsSchema>

/** What is wrong with the engines that limits are given for; undefined: nothing. */
export function engineLimitProblem(
  { engines }: LimitsConfig,
  configured: Readonly<Record<'engines' | 'terraform' | 'terraformCloud', object>>,
): { readonly name: string; readonly problem: string } | undefined {
  for (const name of Object.keys(engines)) {
    const [type = '', engine, ...more] = name.split('/')
    const types = Object.keys(engineSections).join(', ')
    if (!Object.hasOwn(engineSections, type) || more.length > 0) {
      return { name, problem: `is no engine: write one of ${types}, or TYPE/NAME, as in EXTERNAL/my-engine` }
    }
    if (engine === undefined) continue
    const section = engineSections[type as keyof typeof engineSections]
    const isDefault = engine === 'default' && section?.startsWith('terraform')
    if (!isDefault && (section === undefined || !Object.hasOwn(configured[section], engine))) {
      return {
        name,
        problem: section
          ? `names an engine that \`${section}\` does not have`
          : `${type} has one engine, without a name`,
      }
    }
  }
  return undefined
}

/** The limits as the rest of the system has them. */
export function limitsOf({ accounts, actions, engines }: LimitsConfig): Limits {
  return { accounts: limitOf(accounts), actions: limitOf(actions), engines: { named: engines } }
}

export function hasLimits(config: LimitsConfig): boolean {
  return isLimited(limitsOf(config))
}

function limitOf({ default: fallback, ...named }: Readonly<Record<string, number>>): Limits['accounts'] {
  return { default: fallback, named }
}
