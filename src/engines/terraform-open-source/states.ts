import type { Scope } from '../../catalog/scope.ts'

/** A run of Terraform on one product. */
export interface StateRun {
  /** The engine request's token: names the run. */
  readonly token: string
  readonly scope: Scope
  readonly provisionedProductId: string
  readonly recordId: string
}

/** Where and as whom a run reaches its product's state, by Terraform's `http` backend. */
export interface StateAccess {
  readonly address: string
  readonly username: string
  readonly password: string
}

export interface StateVersion {
  readonly version: number
  readonly recordId: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/**
 * The states that Bellhop keeps for Terraform. A run may read and write its product's state from `begin` to `end`; it holds
 * a lease, which is renewed while somebody looks after it, and the lock it takes falls when it ends or its lease does.
 */
export interface TerraformStates {
  begin(run: StateRun): Promise<StateAccess>
  renew(run: StateRun): Promise<void>
  end(run: StateRun): Promise<void>
  /** The state as Terraform wrote it last; undefined: there is none. */
  read(scope: Scope, provisionedProductId: string): Promise<string | undefined>
  /** Keeps a state that the run could not send itself, or that is to be gone back to. */
  save(run: StateRun, state: string): Promise<void>
  versions(scope: Scope, provisionedProductId: string): Promise<readonly StateVersion[]>
  readVersion(scope: Scope, provisionedProductId: string, version: number): Promise<string | undefined>
  remove(scope: Scope, provisionedProductId: string): Promise<void>
}
