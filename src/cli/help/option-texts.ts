/**
 * What the options do that no service model describes, by their name without dashes; in our own words. Help, completions
 * and the auto-prompt show them.
 */
export const GLOBAL_OPTION_TEXTS: ReadonlyMap<string, string> = new Map([
  ['debug', 'Write to stderr what is sent, answered and retried. Secrets and signatures are left out.'],
  ['endpoint-url', 'Call this URL instead of the one that service and region make, e.g. http://127.0.0.1:8080.'],
  ['no-verify-ssl', "Accept any certificate of the service's. A warning says so on every call."],
  ['no-paginate', 'Make one call and show its page alone, instead of asking until the last page.'],
  ['output', 'How the answer is printed. Default: json.'],
  ['query', 'A JMESPath expression that is applied to the answer before it is printed.'],
  ['profile', 'Use this profile of the configuration and credentials files.'],
  ['region', 'Call this region. It wins over AWS_REGION, AWS_DEFAULT_REGION and the profile.'],
  ['version', 'Print the version and end.'],
  ['color', 'Whether tables are coloured: on, off, or auto, which colours on a terminal.'],
  ['no-sign-request', 'Send the request without a signature; no credentials are looked for.'],
  ['ca-bundle', "A file of certificates to check the service's with. It wins over AWS_CA_BUNDLE."],
  ['cli-read-timeout', 'Seconds to wait for an answer; 0 waits for ever. Default: 60.'],
  ['cli-connect-timeout', 'Seconds to wait for a connection; 0 waits for ever. Default: 60.'],
  [
    'cli-binary-format',
    'How binary values are written: base64, or raw-in-base64-out for the bytes themselves. Default: base64.',
  ],
  ['no-cli-pager', 'Print the answer directly, even on a terminal.'],
  ['cli-auto-prompt', 'Ask for the rest of the command in the terminal, with completions, before it runs.'],
  ['no-cli-auto-prompt', 'Run the command as it stands, whatever AWS_CLI_AUTO_PROMPT and cli_auto_prompt say.'],
  ['cli-error-format', 'How errors are printed. Default: enhanced.'],
])

/** Options that stand beside an operation's own. */
export const COMMON_OPTION_TEXTS: ReadonlyMap<string, string> = new Map([
  ['cli-input-json', 'The input as JSON, or file://<path> of it. Options given besides win over its members.'],
  ['cli-input-yaml', 'The input as YAML, or file://<path> of it. Options given besides win over its members.'],
  ['wait', 'Wait until the record has ended and print it then. Exit code 5 if it failed, 3 if the time is up.'],
  ['wait-timeout', 'Seconds to wait at most. Default: 3600.'],
  ['wait-interval', 'Seconds between two looks. Default: 0.5 at first, then up to 5.'],
  ['starting-token', 'Go on where an earlier answer stopped: its NextToken.'],
  [
    'page-size',
    'How many items the service puts on a page. Giving it shows one page alone, with the token of the next.',
  ],
  ['max-items', 'Print at most so many items in all. If there are more, NextToken says where to go on.'],
  [
    'generate-cli-skeleton',
    'Send nothing; print a template of the input (input or yaml-input), or what an answer looks like (output).',
  ],
  ['wait', 'Wait until the record has ended; progress is told on stderr, and a record that failed ends with code 5.'],
  ['wait-timeout', 'Seconds to wait at most; then the exit code is 3. Default: 3600.'],
  ['wait-interval', 'Seconds between two looks. Default: 0.5 at first, up to 5.'],
])

/** Options of the commands that the AWS CLI does not have. */
export const EXTRA_OPTION_TEXTS: ReadonlyMap<string, string> = new Map([
  ['id', 'Id of the record or provisioned product.'],
  ['name', 'Name of the provisioned product, instead of its id.'],
  ['timeout', 'Seconds to wait at most. Default: 3600.'],
  ['interval', 'Seconds between two looks. Default: 0.5 at first, up to 5.'],
  ['jobs', 'How many commands to run at once. Default: 1.'],
  ['stop-on-error', 'Start no more commands after one has failed.'],
  ['comment', 'What is said to it, for the record of the step.'],
  ['start-step', 'Start the next step of an execution in Interactive mode.'],
  ['complete', 'Let the step in hand finish, and end then.'],
  ['waiting', 'Those that wait for a person, and what for.'],
  ['document-name', 'Of documents whose names begin so.'],
  ['limit', 'List at most so many. Default: 20.'],
  ['request-id', 'Id of a request that was denied, as the error or --debug shows it.'],
  ['operation', 'The operation that is asked about: provision-product, iam:create-user. Service Catalog’s come first.'],
  ['input', 'What it would be called with, as JSON or file://; ids and tags count.'],
  ['principal', 'ARN of the user, role or session: who would call it (default: you), or who did it.'],
  ['show', 'Only say where it would go on, and what is taken over.'],
  ['step-name', 'Refuse to go on from any other step.'],
  ['mine', 'What is your own, instead of all that you may see.'],
  ['type', 'Of this type, such as PROVISION_PRODUCT or APPROVE.'],
  ['status', 'Records that are in this status.'],
  ['provisioned-product-id', 'What was done to this provisioned product.'],
  ['product-id', 'What was done to what came of this product.'],
  ['from', 'From this time on, e.g. 2026-01-31 or 2026-01-31T08:00:00Z.'],
  ['to', 'Before this time.'],
])
