/**
 * The tables. Columns are what is searched, sorted or joined; everything else of an entity lies in `data`, as JSON text
 * (json.ts). Times are milliseconds since 1970. Created by migrations.ts, which is the one other place to change.
 */
export interface Tables {
  portfolios: Entity & { name: string }
  products: Entity & { name: string }
  provisioning_artifacts: Entity & { product_id: string; name: string }
  portfolio_products: Scoped & {
    portfolio_id: string
    product_id: string
    created_at: number
    /** The imported portfolio that another account's product came with; null for the account's own products. */
    source_portfolio_id?: string | null
  }
  portfolio_principals: Scoped & {
    portfolio_id: string
    principal_arn: string
    principal_type: string
    created_at: number
  }
  constraints: Entity & { portfolio_id: string; product_id: string; type: string }
  service_actions: Entity & { name: string }
  service_action_associations: Scoped & {
    service_action_id: string
    product_id: string
    provisioning_artifact_id: string
    created_at: number
  }
  tag_options: Entity & {
    tag_key: string
    tag_value: string
    /** 1 or 0: the databases have no boolean in common. */
    active: number
  }
  /** `resource_id` is a portfolio's or a product's. */
  tag_option_associations: Scoped & { resource_id: string; tag_option_id: string; created_at: number }
  budget_associations: Scoped & { resource_id: string; budget_name: string; created_at: number }
  product_copies: Entity
  provisioned_products: Entity &
    Owned & {
      name: string
      status: string
      product_id: string
      type: string | null
      arn: string | null
      /** Empty as long as there is none. */
      last_record_id: string | null
      provisioning_artifact_id: string | null
      /** Its words (provisioned_product_words) as one text: ` field=word field=word `. */
      words: string | null
    }
  /** Words of provisioned products by which they are searched (catalog/search-query.ts). */
  provisioned_product_words: Scoped & { word: string; field: string; provisioned_product_id: string }
  /**
   * How many provisioned products an owner has: a user's ARN, an owner_role, or empty for all of the account. A count is the
   * sum of its shards, so that two products that are made at once seldom write to one row.
   */
  provisioned_product_counts: Scoped & { owner: string; shard: string; count: number }
  records: Entity &
    Owned & {
      provisioned_product_id: string
      status: string
      record_type: string
      updated_at: number
      product_id?: string | null
    }
  idempotency_tokens: {
    account_id: string
    region: string
    operation: string
    token: string
    input_hash: string
    answer: string
    created_at: number
  }
  documents: Scoped & { name: string; created_at: number; data: string }
  document_versions: Scoped & { name: string; version: string; created_at: number; content: string; data: string }
  executions: {
    id: string
    account_id: string
    region: string
    kind: string
    status: string
    provisioned_product_id: string | null
    epoch: number
    /** Null when it has ended. */
    run_at: number | null
    created_at: number
    data: string
    /** What began it: a call of StartAutomationExecution, a record, or another execution. Null before they were told apart. */
    origin?: 'call' | 'record' | 'execution' | null
    executed_by?: string | null
    document_name?: string | null
    parent_id?: string | null
    automation_type?: string | null
    target_resource_group?: string | null
    /** The action of the step in hand. */
    current_action?: string | null
  }
  /** Executions that are counted by limits (catalog/limits.ts): under way with a place, or in the line for one. */
  places: {
    execution_id: string
    /** Its keys, as JSON; null in the one of these two that it does not do. */
    waits_in: string | null
    holds_in: string | null
    /** 0 goes before 1. */
    turn: number
    accepted_at: number
    /** When it came. */
    since: number
    /** Who took the place; empty as long as it was given and not taken. */
    holder: string
  }
  /** When lines of several accounts had their last turn, as a number that counts up. */
  line_turns: { line: string; served: number }
  /** Runs that failed and were gone on with, each once: by another execution. */
  resumed_executions: { execution_id: string; resumed_by: string }
  /** Processes that share the database, as they last told of themselves. */
  nodes: { id: string; started_at: number; seen_at: number; data: string }
  execution_tags: { execution_id: string; tag_key: string }
  steps: {
    id: string
    execution_id: string
    ordinal: number
    name: string
    status: string
    data: string
  }
  /** What people did to executions under way (catalog/activity.ts); the owner is whoever started the execution. */
  interventions: Entity &
    Owned & {
      type: string
      sent_by: string
      /** As catalog/owner.ts has it, of whoever sent it. */
      sender_role: string | null
      provisioned_product_id: string | null
      product_id: string | null
    }
  signals: { execution_id: string; sequence: number; data: string }
  queues: Scoped & { name: string; created_at: number; data: string }
  queue_messages: {
    id: string
    account_id: string
    region: string
    queue: string
    deduplication_id: string
    body: string
    sent_at: number
    visible_at: number
    receive_count: number
    first_received_at: number | null
    receipt: string | null
  }
  portfolio_shares: Share & { created_at: number; data: string }
  portfolio_share_receivers: Share & { receiver: string }
  portfolio_share_answers: Scoped & { portfolio_id: string; kind: string; answer: string }
  portfolio_share_operations: Entity & { portfolio_id: string }
  organization_access: { organization_id: string; status: string; updated_at: number }
  provisioned_product_plans: Entity & Owned & { provisioned_product_id: string; status: string }
  notifications: Scoped & {
    id: string
    record_id: string
    topic_arn: string
    /** When it is to be sent, or tried again. */
    run_at: number
    attempts: number
    created_at: number
    data: string
  }
  stored_artifacts: {
    digest: string
    size: number
    created_at: number
    account_id: string
    put_by: string
    /** Base64; null when it lies in the configured bucket. */
    content: string | null
  }
  access_keys: {
    access_key_id: string
    account_id: string
    user_name: string
    /** Empty; what an older version wrote, a secret as it is, is sealed at the next start. */
    secret: string
    sealed_secret: string | null
    data: string
  }
  identities: Identity & { folded_name: string; id: string; path: string; created_at: number; data: string }
  group_members: { account_id: string; group_name: string; user_name: string; created_at: number }
  policies: {
    account_id: string
    arn: string
    name: string
    folded_name: string
    path: string
    created_at: number
    document: string
    data: string
  }
  policy_versions: { account_id: string; arn: string; version: number; created_at: number; document: string }
  policy_attachments: Identity & { policy_name: string; policy_arn: string; created_at: number }
  inline_policies: Identity & { policy_name: string; document: string; created_at: number }
  /** Terraform at work on a product: who may read and write its state, and who has locked it. */
  terraform_runs: Scoped & {
    token: string
    provisioned_product_id: string
    record_id: string
    lease_until: number
    lock_id: string | null
    /** JSON: what Terraform told of itself. */
    lock_info: string | null
  }
  terraform_states: Scoped & {
    provisioned_product_id: string
    version: number
    record_id: string
    created_at: number
    /** Sealed. */
    state: string
  }
  /** Sessions of the console that were ended before their time. */
  ended_console_sessions: {
    id: string
    expires_at: number
  }
}

interface Scoped {
  account_id: string
  region: string
}

/** What access levels look at; catalog/owner.ts says what the role is. */
interface Owned {
  user_arn: string
  owner_role: string | null
}

/** A portfolio's share with one node; the scope is the owner's. */
interface Share extends Scoped {
  portfolio_id: string
  node_type: string
  node_value: string
}

interface Entity extends Scoped {
  id: string
  created_at: number
  data: string
}

/** Identities are an account's, whatever the region. */
interface Identity {
  account_id: string
  kind: 'user' | 'group' | 'role'
  name: string
}
