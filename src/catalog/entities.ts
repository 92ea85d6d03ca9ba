import type {
  ConstraintDetail,
  CopyProductStatus,
  PortfolioDetail,
  ProductViewDetail,
  ProvisionedProductDetail,
  ProvisioningArtifactDetail,
  RecordDetail,
  RecordOutput,
  ServiceActionDetail,
  Tag,
  TagOptionDetail,
  UpdateProvisioningPreferences,
} from '../model/generated/servicecatalog.ts'
import type { Scope } from './scope.ts'

/**
 * What the catalog keeps. Each entity holds the detail the API shows, in the API's own shape and member names, and beside
 * it what the API never shows.
 */
export interface Portfolio {
  readonly scope: Scope
  readonly detail: PortfolioDetail & { readonly Id: string; readonly DisplayName: string; readonly CreatedTime: Date }
  readonly tags: readonly Tag[]
}

export interface Product {
  readonly scope: Scope
  readonly id: string
  readonly view: ProductViewDetail & { readonly CreatedTime: Date }
  readonly tags: readonly Tag[]
  /** The product that this one was copied from. */
  readonly sourceProductId?: string
}

export interface ProvisioningArtifact {
  readonly scope: Scope
  readonly productId: string
  readonly detail: ProvisioningArtifactDetail & { readonly Id: string; readonly CreatedTime: Date }
  /** Info as it was given: LoadTemplateFromURL or ImportFromPhysicalId. */
  readonly info: Readonly<Record<string, string>>
  /** The artifact store's path of a template that was taken from a running stack when the artifact was made. */
  readonly storedAt?: string
}

export interface Constraint {
  readonly scope: Scope
  readonly detail: ConstraintDetail & {
    readonly ConstraintId: string
    readonly Type: string
    readonly ProductId: string
    readonly PortfolioId: string
  }
  /** JSON text as given; its form depends on Type. */
  readonly parameters: string
}

export interface PrincipalAssociation {
  readonly portfolioId: string
  readonly principalArn: string
  readonly principalType: 'IAM' | 'IAM_PATTERN'
}

export interface TagOption {
  readonly scope: Scope
  readonly detail: Required<TagOptionDetail>
  readonly createdAt: Date
}

/** One call of CopyProduct, and what came of it. */
export interface ProductCopy {
  readonly scope: Scope
  /** The CopyProductToken. */
  readonly id: string
  readonly createdAt: Date
  readonly status: CopyProductStatus
  /** The product that has the copied versions; absent when the copy failed before there was one. */
  readonly targetProductId?: string
  readonly statusDetail?: string
}

export interface ServiceAction {
  readonly scope: Scope
  readonly detail: ServiceActionDetail & {
    readonly ServiceActionSummary: { readonly Id: string; readonly Name: string }
  }
  readonly createdAt: Date
}

export interface ServiceActionAssociation {
  readonly serviceActionId: string
  readonly productId: string
  readonly provisioningArtifactId: string
}

/** A thing the engine made for a provisioned product: where a TARGET parameter's default comes from. */
export interface ProductResource {
  /** The back end's own type name, e.g. AWS::EC2::Instance, or an engine's own, e.g. WebService::Process. */
  readonly type: string
  readonly physicalId: string
  readonly logicalId?: string
  /** How the back end calls its state, where it has one that the API shows: a stack instance's. */
  readonly status?: string
}

export interface ProvisionedProduct {
  readonly scope: Scope
  readonly detail: ProvisionedProductDetail & {
    readonly Id: string
    readonly Name: string
    readonly Arn: string
    readonly Type: string
    readonly Status: NonNullable<ProvisionedProductDetail['Status']>
    readonly ProductId: string
    readonly ProvisioningArtifactId: string
    readonly CreatedTime: Date
  }
  /** The principal that owns it: access level User. */
  readonly userArn: string
  readonly userArnSession: string
  readonly pathId: string
  readonly tags: readonly Tag[]
  /** Parameters of the last provisioning that was accepted, by key. */
  readonly parameters: Readonly<Record<string, string>>
  readonly outputs: readonly RecordOutput[]
  readonly resources: readonly ProductResource[]
  /** Set by UpdateProvisionedProductProperties; goes before the launch constraint of the path. */
  readonly launchRoleOverride?: string
  readonly notifications?: NotificationTargets
  /** The status to return to when a service action ends. */
  readonly statusBefore?: ProvisionedProductDetail['Status']
}

/** The SNS topics that are told of every change of a provisioned product's records. */
export interface NotificationTargets {
  /** NotificationArns, as whoever provisioned it gave them. */
  readonly given: readonly string[]
  /** Those of the NOTIFICATION constraints on its launch path. */
  readonly ofConstraints: readonly string[]
}

/** A record of an operation on a provisioned product; the API's word is "record", TypeScript has taken that one. */
export interface CatalogRecord {
  readonly scope: Scope
  readonly detail: RecordDetail & {
    readonly RecordId: string
    readonly RecordType: RecordType
    readonly Status: NonNullable<RecordDetail['Status']>
    readonly ProvisionedProductId: string
    readonly CreatedTime: Date
    readonly UpdatedTime: Date
  }
  readonly outputs: readonly RecordOutput[]
  readonly userArn: string
  readonly executionId: string
  /** The topics that are told of its changes; absent: none. */
  readonly notificationArns?: readonly string[]
  /** What was asked for: parameters by key, and what only some record types have. */
  readonly request: {
    readonly parameters?: Readonly<Record<string, string>>
    readonly tags?: readonly Tag[]
    readonly ignoreErrors?: boolean
    readonly retainPhysicalResources?: boolean
    readonly serviceActionId?: string
    /** What the service action ran, and as whom: kept for when its execution is gone. */
    readonly documentName?: string
    readonly roleArn?: string
    /** The plan that was executed. */
    readonly planId?: string
    /** What the product's notifications are once this has succeeded. */
    readonly notifications?: NotificationTargets
    /** Forgotten when the termination has ended: a repeated call finds no product then. */
    readonly terminateToken?: string
    /** CFN_STACKSET: where and how, complete; what the caller left out comes from the constraint. */
    readonly provisioningPreferences?: UpdateProvisioningPreferences
    readonly stackSetRoles?: StackSetRoles
    /** What was imported. */
    readonly physicalId?: string
  }
}

/** Who makes a stack set's instances, as the STACKSET constraint says: AdminRole's ARN and ExecutionRole's name. */
export interface StackSetRoles {
  readonly adminRoleArn: string
  readonly executionRoleName: string
}

/** RecordType is a free string in the model. The last one is ours: AWS documents no value for a service action. */
export type RecordType =
  | 'PROVISION_PRODUCT'
  | 'UPDATE_PROVISIONED_PRODUCT'
  | 'TERMINATE_PROVISIONED_PRODUCT'
  | 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION'
