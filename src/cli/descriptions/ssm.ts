/** What the operations of Systems Manager that the server speaks are for, in our own words. */
export const operations: Readonly<Record<string, string>> = {
  CreateDocument: 'Create a document, such as the runbook that a service action runs.',
  DeleteDocument: 'Delete a document, with all its versions or one of them.',
  DescribeAutomationExecutions: 'List executions of runbooks, all of them or those that match.',
  DescribeAutomationStepExecutions: 'List the steps of an execution, with their status and outputs.',
  DescribeDocument: 'Show a document without its content: its versions, parameters and target type.',
  GetAutomationExecution: 'Show an execution of a runbook: its status, steps and outputs.',
  GetDocument: 'Show the content of a document.',
  ListDocumentVersions: 'List the versions of a document.',
  ListDocuments: 'List documents, all of them or those that match.',
  SendAutomationSignal: 'Tell a waiting execution to go on: approve, reject, resume, start or stop a step.',
  StartAutomationExecution: 'Run a runbook.',
  StopAutomationExecution: 'Stop an execution of a runbook that is still going on.',
  UpdateDocument: 'Add a new version to a document.',
  UpdateDocumentDefaultVersion: 'Choose which version of a document is used where none is named.',
}
