/** Worked examples by operation: what it does, and the command. They are run by the tests. */
export interface Example {
  readonly title: string
  /** The words after the program's name, one line a word or group of words; shown joined with backslashes. */
  readonly command: readonly string[]
}

export const EXAMPLES: ReadonlyMap<string, readonly Example[]> = new Map([
  [
    'servicecatalog execute-provisioned-product-service-action',
    [
      {
        title: 'Run an action on a provisioned product. The answer is its record; describe-record shows how it ends.',
        command: ['--provisioned-product-id pp-6jbp4qlxdmkzw', '--service-action-id act-fs7abcd89wxyz'],
      },
      {
        title: 'Give parameters in shorthand. Every value is a list, and one word may be left as it is.',
        command: [
          '--provisioned-product-id pp-6jbp4qlxdmkzw',
          '--service-action-id act-fs7abcd89wxyz',
          '--parameters Size=large,Zones=a,b',
        ],
      },
      {
        title: 'Give parameters as JSON, for names or values that shorthand cannot hold.',
        command: [
          '--provisioned-product-id pp-6jbp4qlxdmkzw',
          '--service-action-id act-fs7abcd89wxyz',
          `--parameters '{"Message": ["Hello, world"]}'`,
        ],
      },
      {
        title: 'Run it at most once, however often the command is repeated, and print the id of its record alone.',
        command: [
          '--provisioned-product-id pp-6jbp4qlxdmkzw',
          '--service-action-id act-fs7abcd89wxyz',
          '--execute-token restart-2024-05-01',
          '--query RecordDetail.RecordId --output text',
        ],
      },
    ],
  ],
  [
    'servicecatalog describe-record',
    [
      { title: 'Show how a request stands.', command: ['--id rec-4ku6rkg2wzrlu', '--query RecordDetail.Status'] },
      {
        title: 'Show the outputs of a service action as a table.',
        command: ['--id rec-4ku6rkg2wzrlu', "--query 'RecordOutputs[].[OutputKey,OutputValue]' --output table"],
      },
    ],
  ],
  [
    'servicecatalog search-provisioned-products',
    [
      {
        title: 'List every provisioned product of the account with its status.',
        command: [
          '--access-level-filter Key=Account,Value=self',
          "--query 'ProvisionedProducts[].[Id,Name,Status]' --output text",
        ],
      },
    ],
  ],
  [
    'servicecatalog create-service-action',
    [
      {
        title: 'Define an action that runs a document under a role, on the product it is run for.',
        command: [
          '--name Restart',
          '--definition-type SSM_AUTOMATION',
          `--definition '{"Name": "Restart", "Version": "1", "AssumeRole": "arn:aws:iam::123456789012:role/Launch", "Parameters": "[{\\"Name\\":\\"Id\\",\\"Type\\":\\"TARGET\\"}]"}'`,
        ],
      },
    ],
  ],
  [
    'servicecatalog provision-product',
    [
      {
        title: 'Launch a product.',
        command: [
          '--product-name web-server --provisioning-artifact-name v1',
          '--provisioned-product-name my-server',
          '--provisioning-parameters Key=Size,Value=small Key=Zone,Value=a',
        ],
      },
    ],
  ],
])
