type Sign = 'success' | 'error' | 'warning' | 'pending' | 'in-progress' | 'stopped' | 'info'

/** What every status of records, provisioned products, executions, steps and plans means to the eye. */
const signs: Readonly<Record<string, Sign>> = {
  ...of(
    'success',
    'SUCCEEDED',
    'AVAILABLE',
    'Success',
    'CompletedWithSuccess',
    'Approved',
    'CREATE_SUCCESS',
    'EXECUTE_SUCCESS',
    'COMPLETED',
    'Active',
    'ACTIVE',
  ),
  ...of(
    'error',
    'FAILED',
    'ERROR',
    'Failed',
    'TimedOut',
    'CompletedWithFailure',
    'Rejected',
    'ChangeCalendarOverrideRejected',
    'CREATE_FAILED',
    'EXECUTE_FAILED',
    'Exited',
  ),
  ...of(
    'warning',
    'TAINTED',
    'IN_PROGRESS_IN_ERROR',
    'Waiting',
    'PendingApproval',
    'RunbookInProgressInError',
    'Inactive',
    'DEPRECATED',
  ),
  ...of('pending', 'CREATED', 'Pending', 'Scheduled', 'PendingChangeCalendarOverride'),
  ...of(
    'in-progress',
    'IN_PROGRESS',
    'UNDER_CHANGE',
    'PLAN_IN_PROGRESS',
    'InProgress',
    'Cancelling',
    'RunbookInProgress',
    'CREATE_IN_PROGRESS',
    'EXECUTE_IN_PROGRESS',
  ),
  ...of('stopped', 'Cancelled', 'CANCELLED'),
}

function of(sign: Sign, ...statuses: readonly string[]): Record<string, Sign> {
  return Object.fromEntries(statuses.map(status => [status, sign]))
}

export function signOf(status: string): Sign {
  return Object.hasOwn(signs, status) ? signs[status]! : 'info'
}

/** Statuses of plans in words of their own: what was created is the plan, and nothing else. */
const planStatuses: Readonly<Record<string, string>> = {
  CREATE_IN_PROGRESS: 'Being planned',
  CREATE_SUCCESS: 'Planned',
  CREATE_FAILED: 'Planning failed',
  EXECUTE_IN_PROGRESS: 'Being carried out',
  EXECUTE_SUCCESS: 'Carried out',
  EXECUTE_FAILED: 'Carried out, and failed',
}

/** `IN_PROGRESS` and `InProgress` alike: In progress. */
export function statusText(status: string): string {
  if (Object.hasOwn(planStatuses, status)) return planStatuses[status]!
  const words = status
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const recordTypes: Readonly<Record<string, string>> = {
  PROVISION_PRODUCT: 'Launch',
  UPDATE_PROVISIONED_PRODUCT: 'Update',
  TERMINATE_PROVISIONED_PRODUCT: 'Terminate',
  EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION: 'Action',
  IMPORT_PROVISIONED_PRODUCT: 'Import',
  UPDATE_PROVISIONED_PRODUCT_PROPERTIES: 'Change of properties',
}

export function recordTypeText(type: string): string {
  return Object.hasOwn(recordTypes, type) ? recordTypes[type]! : statusText(type)
}

/** Whether nothing more will happen. */
export function isEnded(status: string): boolean {
  return ['success', 'error', 'stopped'].includes(signOf(status))
}
