/** The same call for a terminal and for Python: what somebody did here can be put into a script. */
export interface CopiedCall {
  /** E.g. `servicecatalog`. */
  readonly service: string
  /** E.g. `ProvisionProduct`. */
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly region: string
  readonly endpoint: string
}

export function asCli({ service, operation, input, region, endpoint }: CopiedCall): string {
  const words = Object.entries(input).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return `  --${kebab(name)} ${shellWord(text)}`
  })
  const head = `aws ${service} ${kebab(operation)} --endpoint-url ${shellWord(endpoint)} --region ${shellWord(region)}`
  return [head, ...words].join(' \\\n')
}

export function asBoto3({ service, operation, input, region, endpoint }: CopiedCall): string {
  const members = Object.entries(input).map(([name, value]) => `    ${name}=${python(value)},`)
  return [
    'import boto3',
    '',
    `client = boto3.client(${python(service)}, endpoint_url=${python(endpoint)}, region_name=${python(region)})`,
    `answer = client.${kebab(operation).replaceAll('-', '_')}(`,
    ...members,
    ')',
  ].join('\n')
}

/** As the AWS CLI makes options of names: a capital begins a word, a row of capitals is one. */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
}

/** One word to a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A literal of Python: JSON's strings and numbers are the same there. */
function python(value: unknown): string {
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null || value === undefined) return 'None'
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([name, member]) => `${python(name)}: ${python(member)}`)
      .join(', ')}}`
  }
  // Pairs of surrogates are escaped one by one in JSON's way only, so what is no ASCII is left as it is.
  return JSON.stringify(value)
}
