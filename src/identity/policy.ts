import { type Condition, ConditionError, parseCondition } from './conditions.ts'
import { type Pattern, PatternError, parsePattern } from './pattern.ts'

/**
 * A policy that has been read. An `identity` policy says what its holder may do; a `trust` policy says who may assume the
 * role it belongs to.
 */
export interface Policy {
  readonly statements: readonly Statement[]
  /** Whether a statement looks at tags or boundaries of what a call is about: only then they are looked up. */
  readonly looksAtResource: boolean
  /** Where it comes from, for whoever asks why a call was denied. */
  readonly source?: PolicySource
}

export interface PolicySource {
  /** An ARN, or the name of an inline policy. */
  readonly name: string
  /** Who has it, e.g. `user/alice` or `group/developers`; absent where there is only one it can belong to. */
  readonly holder?: string
}

export interface Statement {
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly actions: Choice<Pattern>
  /** Absent in a trust policy: the role itself is meant. */
  readonly resources?: Choice<Pattern>
  /** Present in a trust policy. */
  readonly principals?: Choice<PrincipalPattern>
  readonly conditions: readonly Condition[]
}

/** What a statement is for: what is listed, or everything but that (NotAction, NotResource, NotPrincipal). */
export interface Choice<T> {
  readonly not: boolean
  readonly of: readonly T[]
}

/** Who a trust policy names. */
export type PrincipalPattern =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'account'; readonly accountId: string }
  /** A user, a role, or a session of a role. */
  | { readonly kind: 'arn'; readonly arn: string }
  /** A service of AWS's, whose part Bellhop plays. */
  | { readonly kind: 'service'; readonly service: string }
  /** An identity provider, by its ARN or its name. */
  | { readonly kind: 'provider'; readonly provider: string }

/** A policy that may not be saved; the message says why, for the person who wrote it. */
export class PolicyError extends Error {}

const topElements = new Set(['Version', 'Id', 'Statement'])
const statementElements = {
  identity: new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']),
  trust: new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Principal', 'NotPrincipal', 'Condition']),
} as const

/**
 * Reads a policy document and checks all of it: an element, operator or form that is not understood is refused here, so
 * that nothing is skipped when a request is judged. Throws PolicyError. Texts as IAM answers them, where they are known.
 */
export function parsePolicy(document: string, kind: 'identity' | 'trust'): Policy {
  let value: unknown
  try {
    value = JSON.parse(document)
  } catch (error) {
    throw new PolicyError('Syntax errors in policy.', { cause: error })
  }
  if (repeatsName(document)) throw new PolicyError('Syntax errors in policy.')
  const policy = members(value, 'Syntax errors in policy.')
  for (const name of policy.keys()) if (!topElements.has(name)) throw new PolicyError(`Has prohibited field ${name}`)
  const version = policy.get('Version') ?? '2008-10-17'
  if (version !== '2012-10-17' && version !== '2008-10-17') {
    throw new PolicyError('Policy document must be version 2012-10-17 or greater.')
  }
  if (policy.has('Id') && typeof policy.get('Id') !== 'string') throw new PolicyError('Syntax errors in policy.')
  const written = policy.get('Statement')
  const list = Array.isArray(written) ? written : [written]
  if (written === undefined || list.length === 0) throw new PolicyError('Syntax errors in policy.')
  const sids = new Set<string>()
  const statements = list.map(statement => parseStatement(statement, kind, version === '2012-10-17', sids))
  return { statements, looksAtResource: /resourcetag\/|iam:permissionsboundary/i.test(document) }
}

function parseStatement(value: unknown, kind: 'identity' | 'trust', variables: boolean, sids: Set<string>): Statement {
  const statement = members(value, 'Syntax errors in policy.')
  for (const name of statement.keys()) {
    if (statementElements[kind].has(name)) continue
    if (name === 'Principal' || name === 'NotPrincipal') {
      throw new PolicyError('Policy document should not specify a principal.')
    }
    throw new PolicyError(`Has prohibited field ${name}`)
  }
  checkSid(statement.get('Sid'), sids)
  const effect = statement.get('Effect')
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError('Syntax errors in policy.')
  const actions = choice(statement, 'Action', 'Policy statement must contain actions.')
  const checkAction = kind === 'trust' ? trustAction : identityAction
  const sid = statement.get('Sid')
  return {
    ...(typeof sid === 'string' && sid !== '' && { sid }),
    effect,
    actions: { not: actions.not, of: texts(actions.value, 'Action').map(checkAction) },
    ...(kind === 'identity'
      ? { resources: parseResources(statement, variables) }
      : { principals: parsePrincipals(statement, effect) }),
    conditions: statement.has('Condition') ? parseConditions(statement.get('Condition'), variables) : [],
  }
}

function checkSid(sid: unknown, sids: Set<string>): void {
  if (sid === undefined) return
  if (typeof sid !== 'string') throw new PolicyError('Syntax errors in policy.')
  if (!/^[A-Za-z0-9]*$/.test(sid)) {
    throw new PolicyError(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    )
  }
  if (sid !== '' && sids.has(sid)) throw new PolicyError('Statement IDs (SID) in a single policy must be unique.')
  sids.add(sid)
}

/** The one of `name` and `Not<name>` that is there. */
function choice(
  statement: ReadonlyMap<string, unknown>,
  name: string,
  missing: string,
): { not: boolean; value: unknown } {
  const [plain, negated] = [statement.has(name), statement.has(`Not${name}`)]
  if (!plain && !negated) throw new PolicyError(missing)
  if (plain && negated) throw new PolicyError('Syntax errors in policy.')
  return { not: negated, value: statement.get(plain ? name : `Not${name}`) }
}

function identityAction(action: string): Pattern {
  if (action === '*') return parsePattern(action)
  const [vendor, name, ...more] = action.split(':')
  if (name === undefined) {
    throw new PolicyError('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
  }
  if (!/^[A-Za-z0-9-]+$/.test(vendor!)) throw new PolicyError(`Vendor ${vendor} is not valid`)
  if (more.length > 0 || !/^[A-Za-z0-9*?]+$/.test(name)) throw new PolicyError(`The action ${action} is not valid.`)
  // Actions are compared without regard to case.
  return parsePattern(action.toLowerCase(), { variables: false })
}

function trustAction(action: string): Pattern {
  if (!/^sts:[A-Za-z*?]+$/i.test(action)) {
    throw new PolicyError('AssumeRole policy may only specify STS AssumeRole actions.')
  }
  return parsePattern(action.toLowerCase(), { variables: false })
}

function parseResources(statement: ReadonlyMap<string, unknown>, variables: boolean): Choice<Pattern> {
  const { not, value } = choice(statement, 'Resource', 'Policy statement must contain resources.')
  const of = texts(value, 'Resource').map(resource => {
    if (resource !== '*' && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:./.test(resource.replaceAll(/\$\{[^}]*\}/g, 'v'))) {
      throw new PolicyError(`Resource ${resource} must be in ARN format or "*".`)
    }
    return understood(() => parsePattern(resource, { variables }))
  })
  return { not, of }
}

function parsePrincipals(statement: ReadonlyMap<string, unknown>, effect: 'Allow' | 'Deny'): Choice<PrincipalPattern> {
  const { not, value } = choice(statement, 'Principal', 'Policy statement must contain principals.')
  if (not && effect === 'Allow') {
    throw new PolicyError('Allow with NotPrincipal is not allowed.')
  }
  if (value === '*') return { not, of: [{ kind: 'everybody' }] }
  const types = members(value, 'Invalid principal in policy')
  if (types.size === 0) throw new PolicyError('Invalid principal in policy')
  const of = [...types].flatMap(([type, named]) => texts(named, 'Principal').map(name => principal(type, name)))
  return { not, of }
}

function principal(type: string, name: string): PrincipalPattern {
  const invalid = new PolicyError(`Invalid principal in policy: "${type}":"${name}"`)
  if (type === 'Service' || type === 'Federated') {
    if (name === '' || name.includes('*')) throw invalid
    return type === 'Service' ? { kind: 'service', service: name } : { kind: 'provider', provider: name }
  }
  if (type !== 'AWS') throw invalid
  if (name === '*') return { kind: 'everybody' }
  const account = /^(?:(\d{12})|arn:aws[\w-]*:iam::(\d{12}):root)$/.exec(name)
  if (account) return { kind: 'account', accountId: account[1] ?? account[2]! }
  // A wildcard in an ARN is no principal: IAM refuses it as well.
  if (/^arn:aws[\w-]*:(iam::\d{12}:(user|role)\/[^*?]+|sts::\d{12}:assumed-role\/[^/*?]+\/[^/*?]+)$/.test(name)) {
    return { kind: 'arn', arn: name }
  }
  throw invalid
}

function parseConditions(value: unknown, variables: boolean): Condition[] {
  const conditions: Condition[] = []
  for (const [operator, keys] of members(value, 'Syntax errors in policy.')) {
    for (const [key, values] of members(keys, 'Syntax errors in policy.')) {
      conditions.push(understood(() => parseCondition(operator, key, conditionValues(values), variables)))
    }
  }
  return conditions
}

function conditionValues(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0) throw new PolicyError('Syntax errors in policy.')
  return list.map(item => {
    if (typeof item === 'string') return item
    if (typeof item === 'boolean' || typeof item === 'number') return String(item)
    throw new PolicyError('Syntax errors in policy.')
  })
}

/** A string or a list of strings that is not empty. */
function texts(value: unknown, element: string): string[] {
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0 || !list.every(item => typeof item === 'string' && item !== '')) {
    throw new PolicyError(`The element ${element} must be a string or a list of strings.`)
  }
  return list
}

/** An object's members as a map: names are the user's, `__proto__` among them. */
function members(value: unknown, otherwise: string): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new PolicyError(otherwise)
  return new Map(Object.entries(value))
}

/**
 * Whether an object of a JSON text, which is known to be one, has a name twice: only the last would count, and the reader
 * might go by the first.
 */
function repeatsName(json: string): boolean {
  const objects: Set<string>[] = []
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]/g)) {
    if (token === '{') objects.push(new Set())
    else if (token === '}') objects.pop()
    else if (token.endsWith(':')) {
      const names = objects.at(-1)!
      const name = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1))
      if (names.has(name)) return true
      names.add(name)
    }
  }
  return false
}

function understood<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof PatternError || error instanceof ConditionError) {
      throw new PolicyError(error.message, { cause: error })
    }
    throw error
  }
}
