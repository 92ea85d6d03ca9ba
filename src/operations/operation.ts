import type { Product, ProvisionedProduct, ProvisioningArtifact } from '../catalog/entities.ts'
import type { Execution, ExecutionCaller, StepExecution } from '../catalog/execution.ts'
import type { Ids } from '../catalog/ids.ts'
import type { Limits } from '../catalog/limits.ts'
import type { Organization } from '../catalog/organization.ts'
import type { ProvisionedProductPlan } from '../catalog/plan.ts'
import type { Scope } from '../catalog/scope.ts'
import type { RuleAttribute } from '../catalog/template-rules.ts'
import type { AccessLevel } from '../identity/access-level.ts'
import type { Decision } from '../identity/authorise.ts'
import type { RequestKeys } from '../identity/pattern.ts'
import type { Principal } from '../identity/principal.ts'
import type { DescribeHealthOutput, ExplainAccessOutput } from '../model/generated/bellhop.ts'
import type { ProvisioningArtifactParameter } from '../model/generated/servicecatalog.ts'
import type { Storage } from '../storage/storage.ts'
import type { SealedSecret } from '../storage/verbs/access-keys.ts'
import type { TokenClaim } from '../storage/verbs/tokens.ts'
import type { MessageWaiter } from './sqs/message-waiter.ts'

/** Who calls, and what the pipeline knows of the call. Comes from the signature only. */
export interface Caller {
  /** Account of the key, region of the credential scope. */
  readonly scope: Scope
  readonly arn: string
  readonly userId: string
  /** Absent for a role's session. */
  readonly userName?: string
  /** The role, where the caller is a session of one. */
  readonly roleArn?: string
  /** The user or the session, as an execution keeps it. */
  readonly identity: ExecutionCaller
  /** ARNs of the groups that the caller, a user, is in. */
  readonly groupArns: readonly string[]
  /** May see every product, whether a portfolio brings it to them or not. */
  readonly administrator: boolean
  /** Whose provisioned products, records and executions this operation may reach. */
  readonly accessLevel: AccessLevel
  /** What the caller's own policies say to an action; `keys` instead of the request's own condition keys. */
  decide(action: string, resource: string, keys?: RequestKeys): Decision
  /** The condition keys of this request: who, from where, when, how. */
  readonly keys: RequestKeys
  /** The caller with all that their policies say. */
  readonly principal: Principal
  readonly requestId: string
  /** For executions that come of the request (Execution.trace). */
  readonly trace?: string
  /** The address the caller reached us at, e.g. http://127.0.0.1:4880: queue URLs are made from it. */
  readonly endpoint: string
  /**
   * Present where the operation's input has an idempotency token and it was given. Hand it to the writing verb, which
   * makes token and change one transaction. An answer already given under it has been replayed by the pipeline.
   */
  readonly claim?: TokenClaim
}

/** What operations may use besides their input; each handler's type lists what it touches. */
export interface Services {
  readonly storage: Storage
  readonly clock: { now(): Date }
  readonly ids: Ids
  readonly secrets: Secrets
  /** Tells the dispatcher that an execution has something to do: accepted, signalled or stopped. */
  readonly executions: { wake(executionId: string): void }
  /** Wakes those who wait for a message; whoever puts one into a queue tells it. */
  readonly messages: MessageWaiter
  readonly documents: DocumentRules
  readonly approvals: {
    /** Whether who started an execution may be among those who approve its steps, where the document does not say. */
    readonly requesterMayApprove: boolean
  }
  readonly attachments: AttachmentStore
  readonly ruleAttributes: RuleAttributes
  readonly access: AccessExplainer
  /** How many executions may be under way at once. */
  readonly limits: Limits
  /** The organization that the server's configuration describes, if it does. */
  readonly organization: Organization | undefined
  readonly artifacts: {
    /**
     * A new artifact, with what must be kept of it in the artifact store. Throws InvalidParametersException when what it
     * names cannot be read now and never could be later.
     */
    prepare(artifact: ProvisioningArtifact, by: { readonly arn: string }): Promise<ProvisioningArtifact>
    /** An artifact's parameters, or undefined when they cannot be known and are taken as given. */
    parameters(
      product: Product,
      artifact: ProvisioningArtifact,
    ): Promise<readonly ProvisioningArtifactParameter[] | undefined>
  }
  readonly engines: EngineServices
  readonly health: HealthReporter
}

/** Tells how the server is. */
export interface HealthReporter {
  /** The account that it is told in. */
  readonly accountId: string
  describe(): Promise<DescribeHealthOutput>
}

/** What operations ask of the engines themselves; the work is done by executions. */
export interface EngineServices {
  /** Whether the engine of this type of provisioned product finds out by itself what a plan would change. */
  canPlan(provisionedProductType: string): boolean
  /** Drops what the engine keeps for a plan. Throws ValidationException, saying what stands in the way. */
  discardPlan(product: ProvisionedProduct, plan: ProvisionedProductPlan): Promise<void>
  /**
   * Looks whether something can be imported as such a product, and answers its parameters. Throws
   * ResourceNotFoundException, InvalidStateException and InvalidParametersException.
   */
  checkImport(product: ProvisionedProduct, physicalId: string): Promise<Readonly<Record<string, string>>>
}

/** Says why calls are allowed or denied. */
export interface AccessExplainer {
  /** Whose a call was that was denied lately; undefined when none of that request is remembered. */
  refused(requestId: string): Principal | undefined
  /** The same call once more. Throws ResourceNotFoundException when it is forgotten by now. */
  explainRefused(requestId: string, options: ExplainOptions): Promise<ExplainAccessOutput>
  /** A user, a role or a session of one in an account, or undefined. */
  principal(accountId: string, arn: string): Promise<Principal | undefined>
  /** Throws InvalidParametersException when there is no such operation. */
  explain(
    principal: Principal,
    call: { readonly operation: string; readonly input: Readonly<Record<string, unknown>>; readonly region: string },
    options: ExplainOptions,
  ): Promise<ExplainAccessOutput>
}

export interface ExplainOptions {
  /** Tells nothing that the principal could not find out: what is not theirs is as good as not there. */
  readonly discreet: boolean
  /** What has to be said besides. */
  readonly notes?: readonly string[]
}

/** Encrypts what must not be read by whoever gets hold of the database or of a session's token. */
export interface Secrets {
  /** `context` says what it is for, e.g. `access-key:AKIA...`: it opens under the same context only. */
  seal(plain: string, context: string): SealedSecret
  /** Throws when it was not sealed by this server's key, under this context, or has been changed. */
  open(sealed: string, context: string): string
}

/** What rules of TEMPLATE constraints may ask of an AWS account. */
export interface RuleAttributes {
  /**
   * An attribute of each, in order; empty where the thing does not have it. As the launch role, if there is one. Throws
   * InvalidParametersException for attributes that rules cannot ask for, and where AWS does not answer.
   */
  lookUp(scope: Scope, roleArn: string | undefined, attributes: readonly RuleAttribute[]): Promise<readonly string[]>
}

/** The runbook's rules, as operations need them. */
export interface DocumentRules {
  /** Throws InvalidDocumentContent, saying what is wrong. */
  check(content: string, format?: 'YAML' | 'JSON', type?: 'Automation' | 'Command'): DocumentSummary
  /** Throws InvalidParametersException, in AWS's words, when a stored document does not take these values. */
  checkParameters(
    content: string,
    given: Readonly<Record<string, readonly string[]>>,
    /** Parameters that need not be given, because each target sets them. */
    setLater?: ReadonlySet<string>,
  ): void
  /**
   * The role that a document's assumeRole names for these parameters, if it names one. Throws
   * InvalidAutomationExecutionParametersException when that is no role's ARN.
   */
  assumedRole(content: string, given: Readonly<Record<string, readonly string[]>>, scope: Scope): string | undefined
  /** Why somebody's answer to an aws:approve step with these inputs does not count; undefined: it does. */
  approvalProblem(
    inputs: Readonly<Record<string, unknown>>,
    answer: {
      readonly sender: string
      /** Who started the execution. */
      readonly requester: string
      readonly requesterMayApprove: boolean
      /** Whoever has answered this step already. */
      readonly sentBefore: readonly string[]
    },
  ): string | undefined
  /** Where a run that failed can be gone on with, and what is taken over from it; or why it cannot be. */
  resumePoint(
    execution: Execution,
    steps: readonly StepExecution[],
    now: Date,
  ): { readonly stepName: string; readonly taken: readonly StepExecution[] } | { readonly problem: string }
  /** A step's output as SSM shows it: a list of strings, maps as JSON text. */
  outputStrings(value: unknown): readonly string[]
  /** What the variables of a stored document are after these steps, as SSM shows them; undefined when it has none. */
  variables(content: string, steps: readonly StepExecution[]): Readonly<Record<string, readonly string[]>> | undefined
}

/** Files of documents: read from where a caller says that they lie, and kept. */
export interface AttachmentStore {
  /**
   * Takes in the file at a path: `s3://`, http(s), or the artifact store's. Throws AttachmentRefused, which says what could not
   * be had and why.
   */
  take(path: string, caller: Caller): Promise<{ readonly path: string; readonly size: number; readonly hash: string }>
}

/** An attachment that cannot be had. */
export class AttachmentRefused extends Error {}

export interface DocumentSummary {
  readonly schemaVersion: string
  readonly description?: string
  readonly parameters: readonly {
    readonly name: string
    readonly type: string
    readonly description?: string
    /** As SSM shows it: text; undefined when the parameter is required. */
    readonly defaultValue?: string
  }[]
  /** Attachments that the document names, with the checksums that it gives. */
  readonly files: readonly { readonly name: string; readonly sha256?: string }[]
  /** In the document's order, those inside a loop after it. */
  readonly steps: readonly {
    readonly name: string
    readonly action: string
    readonly isInLoop: boolean
    readonly timeoutSeconds?: number
    /** As SSM shows it: Abort, Continue or step:NAME. */
    readonly onFailure: string
    readonly maxAttempts: number
    readonly isEnd: boolean
    readonly isCritical: boolean
    readonly nextStep?: string
    /** The steps that it may lead to when it succeeds. */
    readonly validNextSteps: readonly string[]
  }[]
}

/** One call of the API. `Needs` are the services it touches. */
export type Operation<Shapes extends { input: unknown; output: unknown }, Needs extends keyof Services = never> = (
  input: Shapes['input'],
  caller: Caller,
  services: Pick<Services, Needs>,
) => Promise<Shapes['output']>
