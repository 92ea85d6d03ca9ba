import { type AwsApi, AwsApiError, namesOf } from '../aws/index.ts'
import type { Execution, ExecutionCaller } from '../catalog/execution.ts'
import { decide, decideAnywhere } from '../identity/authorise.ts'
import { trusts } from '../identity/evaluate.ts'
import { iamActionsOf, useServerCredentials } from '../identity/iam-actions.ts'
import { parsePolicy } from '../identity/policy.ts'
import type { Principal } from '../identity/principal.ts'
import { requestKeys } from '../identity/request-keys.ts'
import type { Storage } from '../storage/storage.ts'
import type { StoredIdentity } from '../storage/verbs/identities.ts'
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
  /**
   * Who an execution is where its steps call Bellhop: a session of its role, or whoever started it. Undefined: its role is
   * none of its account's here, so it is somebody at AWS alone. Throws AwsApiError when it may not act as its role, or when
   * nobody is left who started it.
   */
  identityOf(
    execution: Execution,
  ): Promise<{ readonly principal: Principal; readonly identity: ExecutionCaller } | undefined>
  /** Whether an execution may hand a role to one that it starts, or begin to act as it. */
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
  async function roleOf({ roleArn = '' }: Execution): Promise<StoredIdentity | undefined> {
    const [, accountId, name] = /^arn:[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? []
    if (!accountId || !name) return undefined
    const role = await storage.identities.get(accountId, 'role', name)
    return role?.arn === roleArn ? role : undefined
  }

  /** The session of a role that an execution is. */
  async function sessionOf({ id }: Execution, role: StoredIdentity) {
    const { accountId, name: roleName, id: roleId } = role
    const identity = { accountId, roleName, roleId, name: id, issuedAt: clock.now().getTime(), tags: [] }
    const session = { ...identity, secretAccessKey: '', expiresAt: Number.POSITIVE_INFINITY }
    const principal = await principals.session(session)
    return principal && { principal, identity }
  }

  /** Whether a role lets a service act as it for this execution, which on AWS is asked when the service assumes it. */
  function trustsUs({ trustPolicy = '' }: StoredIdentity, { scope, recordId }: Execution): boolean {
    const policy = parsePolicy(trustPolicy, 'trust')
    const keys = new Map([['aws:sourceaccount', [scope.accountId]]])
    // Behind a record stands Service Catalog, which a launch role trusts.
    const services = ['ssm.amazonaws.com', ...(recordId === undefined ? [] : ['servicecatalog.amazonaws.com'])]
    const said = services.map(service =>
      trusts(policy, { accountId: scope.accountId, arn: '', service }, { action: 'sts:AssumeRole', keys }),
    )
    return said.includes('named')
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

    async identityOf(execution) {
      const { roleArn, caller, scope } = execution
      if (roleArn === undefined) {
        const principal = await callerOf(execution)
        if (principal && caller) return { principal, identity: caller }
        throw noIdentity(`${execution.executedBy}, who started the execution, is no longer there.`)
      }
      const role = await roleOf(execution)
      // Whoever may pass roles of any account must not become somebody in another one.
      if (role?.accountId !== scope.accountId) return undefined
      if (!trustsUs(role, execution)) throw noIdentity(`The role ${roleArn} does not trust ssm.amazonaws.com.`)
      return sessionOf(execution, role)
    },

    async mayPassRole(execution, roleArn) {
      const role = await roleOf(execution)
      const session = role && (await sessionOf(execution, role))
      const principal = await (execution.roleArn === undefined ? callerOf(execution) : session?.principal)
      if (!principal) return false
      const keys = new Map(keysOf(principal, execution)).set('iam:passedtoservice', ['ssm.amazonaws.com'])
      return decide(principal, 'iam:PassRole', roleArn, keys).allowed
    },
  }
}

function noIdentity(message: string): AwsApiError {
  return new AwsApiError('AccessDenied', message, { service: 'sts', operation: 'AssumeRole' })
}
