import { type AwsApi, AwsApiError, namesOf } from '../aws/index.ts'
import type { Execution } from '../catalog/execution.ts'
import { decide, decideAnywhere } from '../identity/authorise.ts'
import { iamActionsOf, useServerCredentials } from '../identity/iam-actions.ts'
import type { Principal } from '../identity/principal.ts'
import { requestKeys } from '../identity/request-keys.ts'
import type { Storage } from '../storage/storage.ts'
import type { Principals } from './principals.ts'

interface Surroundings {
  readonly storage: Storage
  readonly principals: Principals
  readonly clock: { now(): Date }
}

/** What executions may do, judged by the policies of whoever started them, or of the role they act as. */
export interface ExecutionRights {
  /** AWS for the steps of an execution that acts as no role: the server's credentials, as far as the caller's policies go. */
  callersAws(aws: AwsApi, execution: Execution): AwsApi
  /** Whether an execution may hand a role to one that it starts. */
  mayPassRole(execution: Execution, roleArn: string): Promise<boolean>
}

export function createExecutionRights({ storage, principals, clock }: Surroundings): ExecutionRights {
  /** Undefined when whoever started it is no longer there. */
  async function callerOf({ caller }: Execution): Promise<Principal | undefined> {
    if (!caller) return undefined
    if ('userName' in caller) return principals.user(caller.accountId, caller.userName)
    return principals.session({ ...caller, secretAccessKey: '', expiresAt: Number.POSITIVE_INFINITY })
  }

  /** The role an execution acts as, where it is one of Bellhop's own. */
  async function roleOf({ id, roleArn = '' }: Execution): Promise<Principal | undefined> {
    const [, accountId, name] = /^arn:[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? []
    if (!accountId || !name) return undefined
    const role = await storage.identities.get(accountId, 'role', name)
    if (role?.arn !== roleArn) return undefined
    const issuedAt = clock.now().getTime()
    const session = { accountId, roleName: name, roleId: role.id, name: id, issuedAt, tags: [] }
    return principals.session({ ...session, secretAccessKey: '', expiresAt: Number.POSITIVE_INFINITY })
  }

  const keysOf = (principal: Principal, { scope }: Execution) =>
    requestKeys(principal, { now: clock.now(), region: scope.region, input: {} })

  /** Why the caller may not do all of this; undefined: they may. */
  async function refusal(execution: Execution, actions: readonly string[]): Promise<string | undefined> {
    const principal = await callerOf(execution)
    if (!principal) return `${execution.executedBy}, who started the execution, is no longer there.`
    const keys = keysOf(principal, execution)
    for (const action of actions) {
      const decision = decideAnywhere(principal, action, keys)
      if (!decision.allowed) return decision.reason
    }
    return undefined
  }

  return {
    callersAws: (aws, execution) => ({
      region: aws.region,
      async call(service, operation, parameters, options) {
        // What is judged must be what is called, however loosely a document writes it.
        const meant = await namesOf(service, operation)
        const reason = await refusal(execution, iamActionsOf(meant.signingName, meant.operation, parameters))
        if (reason !== undefined) {
          const message = `${reason} (The execution acts as no role, so what its caller may do counts.)`
          throw new AwsApiError('AccessDenied', message, { ...meant, statusCode: 403 })
        }
        return aws.call(service, operation, parameters, options)
      },
      async credentials() {
        const reason = await refusal(execution, [useServerCredentials])
        if (reason !== undefined) {
          const message = `The execution acts as no role, and its caller may not use the server's own credentials: ${reason}`
          throw new AwsApiError('NoCredentials', message, { service: 'sts', operation: 'AssumeRole' })
        }
        return aws.credentials()
      },
    }),

    async mayPassRole(execution, roleArn) {
      const principal = await (execution.roleArn === undefined ? callerOf(execution) : roleOf(execution))
      if (!principal) return false
      const keys = new Map(keysOf(principal, execution)).set('iam:passedtoservice', ['ssm.amazonaws.com'])
      return decide(principal, 'iam:PassRole', roleArn, keys).allowed
    },
  }
}
