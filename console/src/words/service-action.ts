/** How a parameter of a document is given when its action is run. */
export type Asked = 'TEXT_VALUE' | 'TARGET' | 'no'

/** As whom an action is run: whoever runs it, the role that the product is launched with, or a role of its own. */
export type ActsAs = 'caller' | 'launch-role' | 'role'

export interface ActionForm {
  readonly document: string
  readonly version: string
  readonly actsAs: ActsAs
  readonly roleArn: string
  readonly asked: Readonly<Record<string, Asked>>
}

interface Definition {
  readonly Name: string
  readonly Version: string
  readonly AssumeRole?: string
  readonly Parameters?: string
}

/** A service action's definition, as CreateServiceAction takes it: a map of texts, its parameters as JSON. */
export function definitionOf({ document, version, actsAs, roleArn, asked }: ActionForm): Definition {
  const parameters = Object.entries(asked).flatMap(([Name, Type]) => (Type === 'no' ? [] : [{ Name, Type }]))
  return {
    Name: document,
    Version: version,
    ...(actsAs === 'launch-role' && { AssumeRole: 'LAUNCH_ROLE' }),
    ...(actsAs === 'role' && { AssumeRole: roleArn }),
    ...(parameters.length > 0 && { Parameters: JSON.stringify(parameters) }),
  }
}

/** What is asked of a parameter before somebody says otherwise: the role is not the requester's business. */
export function askedAtFirst(name: string): Asked {
  return /^automationassumerole$/i.test(name) ? 'no' : 'TEXT_VALUE'
}

/** A definition's parameters, to look at; nothing where they are not what they should be. */
export function parametersOf(text: string | undefined): readonly { readonly Name: string; readonly Type: string }[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(found)) return []
    return found.filter(each => typeof each?.Name === 'string' && typeof each?.Type === 'string')
  } catch {
    return []
  }
}
