import { AwsApiError } from '../../aws/api.ts'
import { ArtifactError, EngineError } from '../engine.ts'

/** How services call themselves in texts for people. */
const names: Readonly<Record<string, string>> = { cloudformation: 'CloudFormation', sts: 'STS', s3: 'S3' }

const passing =
  /^(?:Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|SlowDown|BandwidthLimitExceeded|PriorRequestNotComplete|RequestTimeout|ServiceUnavailable|InternalFailure|InternalError|OperationInProgress|Unreachable|Aborted)/

/** Whether the same call may succeed a little later. */
export function isPassing(error: unknown): boolean {
  return error instanceof AwsApiError && (passing.test(error.code) || (error.statusCode ?? 0) >= 500)
}

/** What went wrong with a call, naming the service, in words for a record. Anything but a failed call is thrown on. */
export function failureText(error: unknown): string {
  if (error instanceof ArtifactError || error instanceof EngineError) return error.message
  if (!(error instanceof AwsApiError)) throw error
  const { service, operation, code, message, statusCode } = error
  const unreadable = /^Unknown/.test(code) || /Deserialization error|XML parse error/.test(message)
  const said = unreadable ? 'the answer is not one of the service and could not be read' : readable(message)
  const what = unreadable
    ? said
    : said === '' || said === code
      ? code
      : said.startsWith(code)
        ? said
        : `${code}: ${said}`
  const status = (statusCode ?? 0) >= 500 ? ` (HTTP status ${statusCode})` : ''
  return `${names[service.toLowerCase()] ?? service} ${operation} failed: ${what}${status}`
}

/** Some endpoints answer with a page: what it says, without its tags, and not all of it. */
function readable(message: string): string {
  const isPage = /<(?:!doctype|html|body|title|h1)\b/i.test(message)
  const text = isPage ? message.replace(/<(style|script)\b.*?<\/\1>/gis, ' ').replace(/<[^>]*>/g, ' ') : message
  const flat = text.replace(/\s+/g, ' ').trim()
  return flat.length > 1000 ? `${flat.slice(0, 1000)}...` : flat
}

/** Whether CloudFormation says that there is no such stack. */
export function isNoStack(error: unknown): boolean {
  return error instanceof AwsApiError && error.code === 'ValidationError' && /does not exist/.test(error.message)
}

/** Whether CloudFormation says that an update or a change set would change nothing. */
export function isNoChange(text: string): boolean {
  return /No updates are to be performed|didn't contain changes/.test(text)
}
