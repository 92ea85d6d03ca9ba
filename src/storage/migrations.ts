import { fillExecutionColumns } from './fill-execution-columns.ts'
import { fillInterventions } from './fill-interventions.ts'
import { fillSearchColumns } from './fill-search-columns.ts'
import type { Steps } from './verb.ts'

/**
 * The schema, as the steps that lead to it. A step that has been released is never changed; a new one is added below.
 * Written in the SQL that SQLite and PostgreSQL share.
 */
export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
  /** What SQL cannot say: columns that are made from entities. Done when all statements have been, in one transaction with them. */
  readonly fill?: () => Steps<void>
}

const scoped = 'account_id text not null, region text not null'
const entity = (name: string, columns: string) =>
  `create table ${name} (${scoped}, id text not null, created_at bigint not null, ${columns}, data text not null, primary key (account_id, region, id))`

/** Indexes of a table of entities, by the part of their name that follows the table's. */
function indexes(table: string, columns: Readonly<Record<string, string>>): string[] {
  return Object.entries(columns).map(
    ([name, list]) => `create index ${table}_${name} on ${table} (account_id, region, ${list})`,
  )
}

export const migrations: readonly Migration[] = [
  {
    name: '0001-first',
    statements: [
      entity('portfolios', 'name text not null'),
      'create index portfolios_by_time on portfolios (account_id, region, created_at, id)',
      entity('products', 'name text not null'),
      'create index products_by_name on products (account_id, region, name)',
      'create index products_by_time on products (account_id, region, created_at, id)',
      entity('provisioning_artifacts', 'product_id text not null, name text not null'),
      'create index provisioning_artifacts_by_product on provisioning_artifacts (account_id, region, product_id, created_at)',
      `create table portfolio_products (${scoped}, portfolio_id text not null, product_id text not null, created_at bigint not null, primary key (account_id, region, portfolio_id, product_id))`,
      'create index portfolio_products_by_product on portfolio_products (account_id, region, product_id)',
      `create table portfolio_principals (${scoped}, portfolio_id text not null, principal_arn text not null, principal_type text not null, created_at bigint not null, primary key (account_id, region, portfolio_id, principal_arn))`,
      'create index portfolio_principals_by_arn on portfolio_principals (account_id, region, principal_arn)',
      entity('constraints', 'portfolio_id text not null, product_id text not null, type text not null'),
      'create index constraints_by_portfolio on constraints (account_id, region, portfolio_id, product_id)',
      entity('service_actions', 'name text not null'),
      'create index service_actions_by_time on service_actions (account_id, region, created_at, id)',
      `create table service_action_associations (${scoped}, service_action_id text not null, product_id text not null, provisioning_artifact_id text not null, created_at bigint not null, primary key (account_id, region, product_id, provisioning_artifact_id, service_action_id))`,
      'create index service_action_associations_by_action on service_action_associations (account_id, region, service_action_id)',
      entity(
        'provisioned_products',
        'name text not null, status text not null, product_id text not null, user_arn text not null',
      ),
      'create unique index provisioned_products_by_name on provisioned_products (account_id, region, name)',
      'create index provisioned_products_by_time on provisioned_products (account_id, region, created_at, id)',
      entity(
        'records',
        'provisioned_product_id text not null, status text not null, record_type text not null, user_arn text not null, updated_at bigint not null',
      ),
      'create index records_by_time on records (account_id, region, created_at, id)',
      'create index records_by_provisioned_product on records (account_id, region, provisioned_product_id, created_at, id)',
      `create table idempotency_tokens (${scoped}, operation text not null, token text not null, input_hash text not null, answer text not null, created_at bigint not null, primary key (account_id, region, operation, token))`,
      `create table documents (${scoped}, name text not null, created_at bigint not null, data text not null, primary key (account_id, region, name))`,
      `create table document_versions (${scoped}, name text not null, version text not null, created_at bigint not null, content text not null, data text not null, primary key (account_id, region, name, version))`,
      `create table executions (id text not null primary key, ${scoped}, kind text not null, status text not null, provisioned_product_id text, epoch bigint not null, run_at bigint, created_at bigint not null, data text not null)`,
      'create index executions_by_run_at on executions (run_at) where run_at is not null',
      'create index executions_by_time on executions (account_id, region, kind, created_at, id)',
      'create table steps (id text not null primary key, execution_id text not null, ordinal bigint not null, name text not null, status text not null, data text not null)',
      'create unique index steps_by_execution on steps (execution_id, ordinal)',
      'create table signals (execution_id text not null, sequence bigint not null, data text not null, primary key (execution_id, sequence))',
      `create table queues (${scoped}, name text not null, created_at bigint not null, data text not null, primary key (account_id, region, name))`,
      `create table queue_messages (id text not null primary key, ${scoped}, queue text not null, deduplication_id text not null, body text not null, sent_at bigint not null, visible_at bigint not null, receive_count bigint not null, first_received_at bigint, receipt text)`,
      'create index queue_messages_by_visibility on queue_messages (account_id, region, queue, visible_at)',
      'create unique index queue_messages_by_deduplication on queue_messages (account_id, region, queue, deduplication_id)',
      'create unique index queue_messages_by_receipt on queue_messages (receipt) where receipt is not null',
      'create table access_keys (access_key_id text not null primary key, account_id text not null, secret text not null, data text not null)',
    ],
  },
  {
    // Identities belong to an account and to no region. Secrets of access keys move to `sealed_secret`: what an older
    // version left in `secret` is sealed when the server starts (server/administrator.ts).
    name: '0002-identities',
    statements: [
      'create table identities (account_id text not null, kind text not null, name text not null, folded_name text not null, id text not null, path text not null, created_at bigint not null, data text not null, primary key (account_id, kind, name))',
      'create unique index identities_by_folded_name on identities (account_id, kind, folded_name)',
      'create table group_members (account_id text not null, group_name text not null, user_name text not null, created_at bigint not null, primary key (account_id, user_name, group_name))',
      'create table policies (account_id text not null, arn text not null, name text not null, folded_name text not null, path text not null, created_at bigint not null, document text not null, data text not null, primary key (account_id, arn))',
      'create unique index policies_by_folded_name on policies (account_id, folded_name)',
      'create table policy_attachments (account_id text not null, kind text not null, name text not null, policy_name text not null, policy_arn text not null, created_at bigint not null, primary key (account_id, kind, name, policy_arn))',
      'create index policy_attachments_by_policy on policy_attachments (account_id, policy_arn)',
      'create table inline_policies (account_id text not null, kind text not null, name text not null, policy_name text not null, document text not null, created_at bigint not null, primary key (account_id, kind, name, policy_name))',
      "alter table access_keys add column user_name text not null default 'admin'",
      'alter table access_keys add column sealed_secret text',
      'create index access_keys_by_user on access_keys (account_id, user_name)',
    ],
  },
  {
    name: '0004-sharing-and-plans',
    statements: [
      `create table portfolio_shares (${scoped}, portfolio_id text not null, node_type text not null, node_value text not null, created_at bigint not null, data text not null, primary key (account_id, region, portfolio_id, node_type, node_value))`,
      `create table portfolio_share_receivers (${scoped}, portfolio_id text not null, node_type text not null, node_value text not null, receiver text not null, primary key (account_id, region, portfolio_id, node_type, node_value, receiver))`,
      'create index portfolio_share_receivers_by_receiver on portfolio_share_receivers (receiver, region, portfolio_id)',
      `create table portfolio_share_answers (${scoped}, portfolio_id text not null, kind text not null, answer text not null, primary key (account_id, region, portfolio_id, kind))`,
      entity('portfolio_share_operations', 'portfolio_id text not null'),
      'create table organization_access (organization_id text not null primary key, status text not null, updated_at bigint not null)',
      'alter table portfolio_products add column source_portfolio_id text',
      'create index products_by_id on products (id)',
      entity(
        'provisioned_product_plans',
        'provisioned_product_id text not null, status text not null, user_arn text not null',
      ),
      'create index provisioned_product_plans_by_time on provisioned_product_plans (account_id, region, created_at, id)',
      'create index provisioned_product_plans_by_product on provisioned_product_plans (account_id, region, provisioned_product_id)',
      'alter table records add column product_id text',
      'create index records_by_product on records (account_id, region, product_id, created_at, id)',
      `create table notifications (id text not null primary key, ${scoped}, record_id text not null, topic_arn text not null, run_at bigint not null, attempts bigint not null, created_at bigint not null, data text not null)`,
      'create index notifications_by_run_at on notifications (run_at)',
    ],
  },
  {
    name: '0003-tag-options-and-budgets',
    statements: [
      entity('tag_options', 'tag_key text not null, tag_value text not null, active bigint not null'),
      'create unique index tag_options_by_tag on tag_options (account_id, region, tag_key, tag_value)',
      'create index tag_options_by_time on tag_options (account_id, region, created_at, id)',
      `create table tag_option_associations (${scoped}, resource_id text not null, tag_option_id text not null, created_at bigint not null, primary key (account_id, region, resource_id, tag_option_id))`,
      'create index tag_option_associations_by_tag_option on tag_option_associations (account_id, region, tag_option_id, created_at, resource_id)',
      `create table budget_associations (${scoped}, resource_id text not null, budget_name text not null, created_at bigint not null, primary key (account_id, region, resource_id, budget_name))`,
      `create table product_copies (${scoped}, id text not null, created_at bigint not null, data text not null, primary key (account_id, region, id))`,
      // What a deletion looks at before it deletes.
      'create index provisioning_artifacts_by_id on provisioning_artifacts (id)',
      'create index provisioned_products_by_product on provisioned_products (product_id)',
      "create index records_in_progress on records (region) where status <> 'SUCCEEDED' and status <> 'FAILED'",
    ],
  },
  {
    name: 'policy-versions',
    statements: [
      'create table policy_versions (account_id text not null, arn text not null, version bigint not null, created_at bigint not null, document text not null, primary key (account_id, arn, version))',
      'insert into policy_versions (account_id, arn, version, created_at, document) select account_id, arn, 1, created_at, document from policies',
      'create index group_members_by_group on group_members (account_id, group_name)',
    ],
  },
  {
    name: 'stored-artifacts',
    statements: [
      'create table stored_artifacts (digest text not null primary key, size bigint not null, created_at bigint not null, account_id text not null, put_by text not null, content text)',
    ],
  },
  {
    // What lists are sorted and searched by, so that none is read whole. `owner_role` is catalog/owner.ts's.
    name: 'search',
    statements: [
      ...['type', 'arn', 'last_record_id', 'provisioning_artifact_id', 'owner_role', 'words'].map(
        column => `alter table provisioned_products add column ${column} text`,
      ),
      'alter table records add column owner_role text',
      'alter table provisioned_product_plans add column owner_role text',
      `create table provisioned_product_words (${scoped}, word text not null, field text not null, provisioned_product_id text not null, primary key (account_id, region, field, word, provisioned_product_id))`,
      `create table provisioned_product_counts (${scoped}, owner text not null, shard text not null, count bigint not null, primary key (account_id, region, owner, shard))`,
      ...indexes('provisioned_products', {
        by_user: 'user_arn, created_at, id',
        by_role: 'owner_role, created_at, id',
        by_status: 'status, created_at, id',
        by_product_and_time: 'product_id, created_at, id',
        by_arn: 'arn, id',
        by_last_record: 'last_record_id, id',
      }),
      ...indexes('records', {
        by_user: 'user_arn, created_at, id',
        by_role: 'owner_role, created_at, id',
      }),
    ],
    fill: fillSearchColumns,
  },
  {
    name: 'terraform-states',
    statements: [
      `create table terraform_runs (token text not null primary key, ${scoped}, provisioned_product_id text not null, record_id text not null, lease_until bigint not null, lock_id text, lock_info text)`,
      'create index terraform_runs_by_product on terraform_runs (account_id, region, provisioned_product_id)',
      `create table terraform_states (${scoped}, provisioned_product_id text not null, version bigint not null, record_id text not null, created_at bigint not null, state text not null, primary key (account_id, region, provisioned_product_id, version))`,
    ],
  },
  {
    name: 'automation-executions',
    statements: [
      'alter table executions add column origin text',
      'alter table executions add column executed_by text',
      'alter table executions add column document_name text',
      'alter table executions add column parent_id text',
      'alter table executions add column automation_type text',
      'alter table executions add column target_resource_group text',
      'alter table executions add column current_action text',
      'create table execution_tags (execution_id text not null, tag_key text not null, primary key (execution_id, tag_key))',
      'create index executions_by_owner on executions (account_id, region, executed_by, created_at, id)',
      'create index executions_by_document on executions (account_id, region, document_name, created_at, id)',
      'create index executions_by_parent on executions (parent_id, created_at, id) where parent_id is not null',
      // Quotas count what has not ended, of those that a call began.
      "create index executions_counted on executions (account_id, status, created_at) where run_at is not null and origin = 'call'",
    ],
    fill: fillExecutionColumns,
  },
  {
    name: 'retention',
    statements: [
      'create index executions_ended on executions (created_at) where run_at is null',
      'create index records_by_update on records (updated_at, id)',
      'create index idempotency_tokens_by_time on idempotency_tokens (created_at)',
    ],
  },
  {
    name: 'ended-console-sessions',
    statements: [
      'create table ended_console_sessions (id text not null primary key, expires_at bigint not null)',
      'create index ended_console_sessions_by_time on ended_console_sessions (expires_at)',
    ],
  },
  {
    // Who did what: records by what they are filtered by, and what was done to executions under way. Most records are runs of
    // actions that have succeeded, and are found among all: only the others have entries here.
    name: 'activity',
    statements: [
      'drop index records_in_progress',
      "create index records_in_progress on records (region, account_id, created_at, id) where status <> 'SUCCEEDED' and status <> 'FAILED'",
      "create index records_failed on records (account_id, region, created_at, id) where status = 'FAILED'",
      "create index records_by_type on records (account_id, region, record_type, created_at, id) where record_type <> 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION'",
      entity(
        'interventions',
        'type text not null, sent_by text not null, sender_role text, user_arn text not null, owner_role text, provisioned_product_id text, product_id text',
      ),
      ...indexes('interventions', {
        by_time: 'created_at, id',
        by_sender: 'sent_by, created_at, id',
        by_user: 'user_arn, created_at, id',
        by_provisioned_product: 'provisioned_product_id, created_at, id',
      }),
      'create index interventions_by_age on interventions (created_at)',
    ],
    fill: fillInterventions,
  },
  {
    name: 'limits',
    statements: [
      'create table places (execution_id text not null primary key, waits_in text, holds_in text, turn bigint not null, accepted_at bigint not null, since bigint not null, holder text not null)',
      'create index places_waiting on places (waits_in, turn, accepted_at, execution_id) where waits_in is not null',
      'create index places_held on places (holds_in) where holds_in is not null',
      'create table line_turns (line text not null primary key, served bigint not null)',
    ],
  },
  {
    name: 'resumed-executions',
    statements: ['create table resumed_executions (execution_id text not null primary key, resumed_by text not null)'],
  },
  {
    // What every accepted change wrote for the sake of questions that others answer: most products are AVAILABLE, and whoever
    // looks for these looks among all; and only sessions of roles have a role.
    name: 'indexes-of-some',
    statements: [
      'drop index provisioned_products_by_status',
      "create index provisioned_products_by_status on provisioned_products (account_id, region, status, created_at, id) where status <> 'AVAILABLE'",
      'drop index records_by_role',
      'create index records_by_role on records (account_id, region, owner_role, created_at, id) where owner_role is not null',
    ],
  },
  {
    name: 'nodes',
    statements: [
      'create table nodes (id text not null primary key, started_at bigint not null, seen_at bigint not null, data text not null)',
    ],
  },
]
