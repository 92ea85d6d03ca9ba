/** What the operations are for that AWS has none for, in our own words. */
export const operations: Readonly<Record<string, string>> = {
  DescribeHealth: 'Show the nodes, the engines and the database, and how each of them is.',
  DescribeRecordPosition:
    'Show where a record that waits for its turn stands in the line, and which limit it waits for.',
  DescribeResumePoint:
    'Show from which step a failed run of a service action can be gone on with, or why it cannot be.',
  ExplainAccess: 'Says why a call was denied, or would be allowed or denied.',
  GetAutomationExecutionPosition:
    'Show where an automation execution that waits for its turn stands in the line, and which limit it waits for.',
  ListActivity: 'List who asked for what, when, as whom and with what result; approvals and stops among it.',
  ResumeServiceAction: 'Go on with a failed run of a service action from its failing step, under a record of its own.',
}
