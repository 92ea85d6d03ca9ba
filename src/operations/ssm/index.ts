import type { SsmOperations } from '../../model/generated/ssm.ts'
import type { Operation, Services } from '../operation.ts'
import { createDocument } from './create-document.ts'
import { deleteDocument } from './delete-document.ts'
import { describeAutomationExecutions } from './describe-automation-executions.ts'
import { describeAutomationStepExecutions } from './describe-automation-step-executions.ts'
import { describeDocument } from './describe-document.ts'
import { getAutomationExecution } from './get-automation-execution.ts'
import { getDocument } from './get-document.ts'
import { listDocumentVersions } from './list-document-versions.ts'
import { listDocuments } from './list-documents.ts'
import { sendAutomationSignal } from './send-automation-signal.ts'
import { startAutomationExecution } from './start-automation-execution.ts'
import { stopAutomationExecution } from './stop-automation-execution.ts'
import { updateDocument } from './update-document.ts'
import { updateDocumentDefaultVersion } from './update-document-default-version.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const ssm = {
  CreateDocument: createDocument,
  DeleteDocument: deleteDocument,
  DescribeAutomationExecutions: describeAutomationExecutions,
  DescribeAutomationStepExecutions: describeAutomationStepExecutions,
  DescribeDocument: describeDocument,
  GetAutomationExecution: getAutomationExecution,
  GetDocument: getDocument,
  ListDocumentVersions: listDocumentVersions,
  ListDocuments: listDocuments,
  SendAutomationSignal: sendAutomationSignal,
  StartAutomationExecution: startAutomationExecution,
  StopAutomationExecution: stopAutomationExecution,
  UpdateDocument: updateDocument,
  UpdateDocumentDefaultVersion: updateDocumentDefaultVersion,
} satisfies { readonly [Name in keyof SsmOperations]: Operation<SsmOperations[Name], keyof Services> }
