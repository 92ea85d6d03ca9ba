import type { ProvisioningArtifactParameter } from '../model/generated/servicecatalog.ts'

/**
 * The rules of TEMPLATE constraints: what a product's parameters must satisfy before it is provisioned or updated (Service
 * Catalog administrator guide, "Template constraint rules"). Pure.
 */
export interface TemplateRule {
  readonly RuleCondition?: unknown
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription?: string }[]
}

/** A rule that is not in the form that rules have, or that asks what cannot be known; the message says which. */
export class TemplateRuleError extends Error {}

/** An attribute of a thing that a parameter names, e.g. the VpcId of a subnet. */
export interface RuleAttribute {
  /** A parameter's type, e.g. AWS::EC2::Subnet::Id. */
  readonly type: string
  readonly id: string
  readonly name: string
}

/** Rules ask for attributes that are not among the subject's: look them up and judge again. */
export class MissingAttributes extends Error {
  readonly attributes: readonly RuleAttribute[]

  constructor(attributes: readonly RuleAttribute[]) {
    super('Attributes are missing.')
    this.attributes = attributes
  }
}

/** How an attribute is found among the subject's. */
export function attributeKey({ type, id, name }: RuleAttribute): string {
  return `${type} ${id} ${name}`
}

/** What rules are judged by. */
export interface RuleSubject {
  /** Values by parameter. */
  readonly values: Readonly<Record<string, string>>
  /** The version's parameters, where they are known: their types say which are lists. */
  readonly known: readonly ProvisioningArtifactParameter[] | undefined
  readonly accountId: string
  readonly region: string
  /** What has been looked up so far, by attributeKey. A thing without the attribute has an empty text. */
  readonly attributes?: ReadonlyMap<string, string>
}

type Fields = Readonly<Record<string, unknown>>
type Arguments = readonly unknown[]

interface RuleFunction {
  /** How many arguments it takes. */
  readonly least: number
  readonly most: number
  /** Texts it takes as they stand, which are not judged. */
  readonly literal?: true
  evaluate(args: Arguments, evaluate: (expression: unknown) => unknown, subject: RuleSubject): unknown
}

/** One row a function; the last four ask for values, the others but Fn::If are true or false. */
const functions: Readonly<Record<string, RuleFunction>> = {
  'Fn::And': { least: 2, most: 10, evaluate: (args, evaluate) => args.every(each => isTrue(evaluate(each))) },
  'Fn::Or': { least: 2, most: 10, evaluate: (args, evaluate) => args.some(each => isTrue(evaluate(each))) },
  'Fn::Not': { least: 1, most: 1, evaluate: ([condition], evaluate) => !isTrue(evaluate(condition)) },
  'Fn::Equals': {
    least: 2,
    most: 2,
    evaluate: ([one, other], evaluate) =>
      JSON.stringify(plain(evaluate(one))) === JSON.stringify(plain(evaluate(other))),
  },
  'Fn::If': {
    least: 3,
    most: 3,
    evaluate: ([condition, yes, no], evaluate) => evaluate(isTrue(evaluate(condition)) ? yes : no),
  },
  'Fn::Contains': {
    least: 2,
    most: 2,
    evaluate: ([list, value], evaluate) => texts(evaluate(list)).includes(text(evaluate(value))),
  },
  'Fn::EachMemberEquals': {
    least: 2,
    most: 2,
    evaluate: ([list, value], evaluate) => {
      const wanted = text(evaluate(value))
      return texts(evaluate(list)).every(member => member === wanted)
    },
  },
  'Fn::EachMemberIn': {
    least: 2,
    most: 2,
    evaluate: ([list, allowed], evaluate) => {
      const among = new Set(texts(evaluate(allowed)))
      return texts(evaluate(list)).every(member => among.has(member))
    },
  },
  'Fn::RefAll': {
    least: 1,
    most: 1,
    literal: true,
    evaluate: ([type], _, subject) => valuesOfType(text(type), subject),
  },
  'Fn::ValueOf': {
    least: 2,
    most: 2,
    literal: true,
    evaluate: ([name, attribute], _, subject) => attributesOf(text(name), text(attribute), subject),
  },
  'Fn::ValueOfAll': {
    least: 2,
    most: 2,
    literal: true,
    evaluate: ([type, attribute], _, subject) =>
      lookedUp(text(type), valuesOfType(text(type), subject), text(attribute), subject),
  },
  Ref: { least: 1, most: 1, literal: true, evaluate: ([name], _, subject) => parameterValue(text(name), subject) },
}

/** Throws TemplateRuleError for a rule that could not be judged whatever the parameters are. */
export function checkRule(name: string, rule: unknown): asserts rule is TemplateRule {
  const { RuleCondition, Assertions, ...others } = fieldsOf(rule, `Rule ${name}`)
  const foreign = Object.keys(others)[0]
  if (foreign !== undefined) throw new TemplateRuleError(`Unknown member ${foreign} in rule ${name}.`)
  if (RuleCondition !== undefined) checkExpression(RuleCondition, `RuleCondition of rule ${name}`)
  if (!Array.isArray(Assertions) || Assertions.length === 0) {
    throw new TemplateRuleError(`Assertions of rule ${name} must be a JSON array with at least one member.`)
  }
  for (const assertion of Assertions) {
    const { Assert, AssertDescription } = fieldsOf(assertion, `An assertion of rule ${name}`)
    if (Assert === undefined) throw new TemplateRuleError(`An assertion of rule ${name} has no Assert.`)
    if (AssertDescription !== undefined && typeof AssertDescription !== 'string') {
      throw new TemplateRuleError(`AssertDescription in rule ${name} must be a text.`)
    }
    checkExpression(Assert, `Assert of rule ${name}`)
  }
}

function checkExpression(expression: unknown, where: string): void {
  if (Array.isArray(expression)) {
    for (const each of expression) checkExpression(each, where)
    return
  }
  if (typeof expression !== 'object' || expression === null) return
  const [name, args] = callOf(expression as Fields, where)
  const called = functions[name]!
  if (args.length < called.least || args.length > called.most) {
    const range = called.least === called.most ? called.least : `${called.least} to ${called.most}`
    throw new TemplateRuleError(`${name} in ${where} takes ${range} values, not ${args.length}.`)
  }
  if (!called.literal) for (const each of args) checkExpression(each, where)
  else if (!args.every(each => typeof each === 'string')) {
    throw new TemplateRuleError(`${name} in ${where} takes texts, and no functions.`)
  }
}

/** The function that an object stands for, and its arguments: one may stand without a list. */
function callOf(expression: Fields, where: string): readonly [name: string, args: Arguments] {
  const names = Object.keys(expression)
  const name = names[0]
  if (name === undefined || names.length > 1 || !Object.hasOwn(functions, name)) {
    throw new TemplateRuleError(
      `${names.join(', ') || 'An empty object'} in ${where} is not a rule function. Known are ${Object.keys(functions).join(', ')}.`,
    )
  }
  const given = expression[name]
  return [name, Array.isArray(given) ? given : [given]]
}

/**
 * What rules say against a product's parameters, in the words of their authors; none: they are satisfied. Rules must have
 * been checked. Throws MissingAttributes, and TemplateRuleError where a rule asks what cannot be known.
 */
export function brokenAssertions(rules: ReadonlyMap<string, TemplateRule>, subject: RuleSubject): readonly string[] {
  const broken: string[] = []
  for (const [name, { RuleCondition, Assertions }] of rules) {
    const evaluate = (expression: unknown): unknown => {
      if (Array.isArray(expression)) return expression.map(evaluate)
      if (typeof expression !== 'object' || expression === null) return expression
      const [called, args] = callOf(expression as Fields, `rule ${name}`)
      return functions[called]!.evaluate(args, evaluate, subject)
    }
    if (RuleCondition !== undefined && !isTrue(evaluate(RuleCondition))) continue
    for (const { Assert, AssertDescription } of Assertions) {
      if (!isTrue(evaluate(Assert))) broken.push(AssertDescription || `The assertion of rule ${name} does not hold.`)
    }
  }
  return broken
}

function parameterValue(name: string, subject: RuleSubject): string | readonly string[] {
  const { values, known } = subject
  if (name === 'AWS::AccountId') return subject.accountId
  if (name === 'AWS::Region') return subject.region
  if (!Object.hasOwn(values, name)) {
    throw new TemplateRuleError(`A template constraint asks for parameter ${name}, which the product does not have.`)
  }
  return asTyped(values[name]!, known?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterType)
}

/** A list's value is its members, given with commas between them. */
function asTyped(value: string, type = 'String'): string | readonly string[] {
  if (type !== 'CommaDelimitedList' && !type.startsWith('List<')) return value
  return value === '' ? [] : value.split(',').map(member => member.trim())
}

function valuesOfType(type: string, { values, known }: RuleSubject): readonly string[] {
  if (!known) {
    throw new TemplateRuleError(
      `A template constraint asks for all parameters of type ${type}, but the types of the product's parameters are not known.`,
    )
  }
  return known
    .filter(({ ParameterType }) => ParameterType === type || ParameterType === `List<${type}>`)
    .flatMap(({ ParameterKey = '', ParameterType }) => asTyped(values[ParameterKey] ?? '', ParameterType))
}

/** An attribute of the thing that a parameter names, or of each where it is a list. */
function attributesOf(name: string, attribute: string, subject: RuleSubject): string | readonly string[] {
  const value = parameterValue(name, subject)
  const declared = subject.known?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterType
  const type = declared && (/^List<(.+)>$/.exec(declared)?.[1] ?? declared)
  if (type === undefined) {
    throw new TemplateRuleError(
      `A template constraint asks for attribute ${attribute} of parameter ${name}, but the parameter's type is not known.`,
    )
  }
  const found = lookedUp(type, typeof value === 'string' ? [value] : value, attribute, subject)
  return typeof value === 'string' ? found[0]! : found
}

/** Throws MissingAttributes for all that have not been looked up yet. */
function lookedUp(
  type: string,
  ids: readonly string[],
  name: string,
  { attributes = new Map() }: RuleSubject,
): readonly string[] {
  const wanted = ids.map((id): RuleAttribute => ({ type, id, name }))
  const missing = wanted.filter(each => !attributes.has(attributeKey(each)))
  if (missing.length > 0) throw new MissingAttributes(missing)
  return wanted.map(each => attributes.get(attributeKey(each))!)
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : String(plain(value))
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flat().map(text) : [text(value)]
}

/** Values of parameters are texts, and those in rules may be numbers. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  return typeof value === 'object' && value !== null ? value : String(value)
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TemplateRuleError(`${what} must be a JSON object.`)
  }
  return value as Fields
}
