/** What the program's commands are for, in alphabetical order; `backup`, `document`, `move`, `restore` and `server` are the entry's own. */
export const COMMAND_TEXTS: ReadonlyMap<string, string> = new Map([
  ['activity', 'Say who did what: records with who asked, approvals, stops; `activity help` says how.'],
  ['approve', 'Approve the step of an execution that waits for it; `approve help` says how.'],
  ['artifact', 'Put a file into the artifact store; `artifact help` says how.'],
  ['backup', 'Copy the database of a server, also while it runs.'],
  ['batch', 'Run many commands of standard input in one process; `batch help` says how.'],
  ['completion', 'Print a script that completes commands in bash, zsh or fish.'],
  ['document', 'Check, test and record automation documents; `document help` says how.'],
  ['executions', 'List automation executions, and what waits for a person; `executions help` says how.'],
  ['explain', 'Say why a call was denied, or would be allowed or denied; `explain help` says how.'],
  ['health', 'Say how the server is: nodes, engines, database, backlog; `health help` says more.'],
  ['help', 'Show this page.'],
  ['iam', 'Users, groups, roles and policies: who may do what.'],
  ['move', 'Move the database of a server that is stopped from SQLite to PostgreSQL.'],
  ['reject', 'Reject the step of an execution that waits for an approval; `reject help` says how.'],
  ['restore', 'Put a backup in place of a database.'],
  ['resume', 'Let an execution that pauses go on; `resume help` says how.'],
  ['resume-run', 'Go on with a run that failed, from the step that did; `resume-run help` says how.'],
  ['server', 'Run the Bellhop server; `server --help` lists its options.'],
  ['servicecatalog', 'Portfolios, products, provisioned products, and the actions that may be run on them.'],
  ['sqs', 'The queues that external engines take their work from.'],
  ['ssm', 'Automation documents and their executions: what service actions run.'],
  ['stop', 'Cancel an execution, or let it end after the step in hand; `stop help` says how.'],
  ['sts', 'Who you are, and credentials of a role.'],
])

/** What the AWS CLI does not wait for. */
export const WAIT_TEXT = 'Wait until a record has ended, or until a provisioned product is available.'

export const WAITER_TEXTS: ReadonlyMap<string, string> = new Map([
  ['record-succeeded', 'Wait until a record has ended, and fail if it did.'],
  ['provisioned-product-available', 'Wait until a provisioned product is AVAILABLE.'],
])
