import type { ServiceActionDefinitionKey } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { requirePassRole } from '../pass-role.ts'

type Definition = Partial<Readonly<Record<ServiceActionDefinitionKey, string>>>

/** RoleArn in the model, and what SSM says of anything else. */
const roleArn = /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@\-/]+$/

/**
 * Checks that an action can be run: its document and version are there, the role has a role's form, and its parameters
 * are the document's. Throws InvalidParametersException, in AWS's words where they are known (admin guide, "Using service
 * actions", troubleshooting).
 */
export async function checkDefinition(
  definition: Definition,
  caller: Caller,
  { storage, documents }: Pick<Services, 'storage' | 'documents'>,
): Promise<void> {
  const { Name, Version, AssumeRole, Parameters } = definition
  if (Name === undefined || Version === undefined) {
    throw new InvalidParametersException('The definition of a service action needs the keys Name and Version.')
  }
  if (AssumeRole !== undefined && AssumeRole !== 'LAUNCH_ROLE' && !roleArn.test(AssumeRole)) {
    throw new InvalidParametersException(
      "The format of the supplied assume role ARN isn't valid. AssumeRole is the ARN of a role, or LAUNCH_ROLE.",
    )
  }
  if (AssumeRole !== undefined && AssumeRole !== 'LAUNCH_ROLE') {
    requirePassRole(caller, AssumeRole, 'servicecatalog.amazonaws.com')
  }
  if (!(await storage.documents.get(caller.scope, Name))) {
    throw new InvalidParametersException(`Document with that name does not exist: ${Name}`)
  }
  const version = await storage.documents.getVersion(caller.scope, Name, Version)
  if (!version) throw new InvalidParametersException(`Document ${Name} has no version ${Version}.`)
  if (Parameters === undefined) return
  const known = new Set(documents.check(version.content, version.format).parameters.map(({ name }) => name))
  const seen = new Set<string>()
  for (const name of parameterNames(Parameters)) {
    if (!known.has(name)) {
      throw new InvalidParametersException(
        `Parameter ${name} is not defined in version ${Version} of document ${Name}.`,
      )
    }
    if (seen.has(name)) throw new InvalidParametersException(`Parameter ${name} is defined twice.`)
    seen.add(name)
  }
}

function parameterNames(text: string): readonly string[] {
  let parameters: unknown
  try {
    parameters = JSON.parse(text)
  } catch {
    throw new InvalidParametersException('Parameters in the definition is not valid JSON.')
  }
  const wellFormed =
    Array.isArray(parameters) &&
    parameters.every(
      parameter =>
        typeof parameter?.Name === 'string' &&
        (parameter.Type === 'TARGET' || parameter.Type === 'TEXT_VALUE') &&
        Object.keys(parameter).length === 2,
    )
  if (!wellFormed) {
    throw new InvalidParametersException(
      'Parameters in the definition must be a list of {"Name": "...", "Type": "TARGET" or "TEXT_VALUE"}.',
    )
  }
  return (parameters as readonly { Name: string }[]).map(({ Name }) => Name)
}
