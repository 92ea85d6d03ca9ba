import type { BellhopOperations } from '../../../src/model/generated/bellhop.ts'
import type { IamOperations } from '../../../src/model/generated/iam.ts'
import type { ServiceCatalogOperations } from '../../../src/model/generated/servicecatalog.ts'
import type { SsmOperations } from '../../../src/model/generated/ssm.ts'
import type { StsOperations } from '../../../src/model/generated/sts.ts'

/** The API's operations: their types are the server's, generated from the models; nothing of them is in the pages. */
interface Services {
  servicecatalog: ServiceCatalogOperations
  ssm: SsmOperations
  iam: IamOperations
  sts: StsOperations
  bellhop: BellhopOperations
}

/** `SERVICE.OPERATION`, e.g. `servicecatalog.DescribeRecord`. */
export type OperationName = {
  [Service in keyof Services]: `${Service}.${keyof Services[Service] & string}`
}[keyof Services]

type Shapes<Name extends OperationName> = Name extends `${infer Service extends keyof Services}.${infer Operation}`
  ? Services[Service][Operation & keyof Services[Service]]
  : never

/** As it comes over the wire: times are seconds since 1970, bytes are base64. */
export type Wire<T> = T extends Date
  ? number
  : T extends Uint8Array
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Wire<T[Key]> }
        : T

export type Output<Name extends OperationName> = Wire<Shapes<Name> extends { output: infer Given } ? Given : never>

/** Tokens are made by the client, as SDKs do. */
type Untokened<Given> = Given extends { IdempotencyToken: string }
  ? Omit<Given, 'IdempotencyToken'> & { readonly IdempotencyToken?: string }
  : Given extends { ProvisionToken: string }
    ? Omit<Given, 'ProvisionToken'> & { readonly ProvisionToken?: string }
    : Given extends { ExecuteToken: string }
      ? Omit<Given, 'ExecuteToken'> & { readonly ExecuteToken?: string }
      : Given extends { UpdateToken: string }
        ? Omit<Given, 'UpdateToken'> & { readonly UpdateToken?: string }
        : Given extends { TerminateToken: string }
          ? Omit<Given, 'TerminateToken'> & { readonly TerminateToken?: string }
          : Given

export type Input<Name extends OperationName> = Wire<
  Untokened<Shapes<Name> extends { input: infer Given } ? Given : never>
>
