import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { session } from '../session/session.ts'
import { asBoto3, asCli } from '../words/copy-as.ts'
import { visible } from '../words/text.ts'
import { CopyButton } from './words.tsx'

/** The same call for the AWS CLI and for Python, to look at and to copy. */
export function CopyAs({
  service,
  operation,
  input,
}: {
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
}) {
  const call = { service, operation, input, region: session.current().region, endpoint: location.origin }
  const cli = asCli(call)
  return (
    <ExpandableSection headerText="The same from a terminal or from Python">
      <SpaceBetween size="xs">
        <pre className="mono long">{visible(cli)}</pre>
        <SpaceBetween direction="horizontal" size="xs">
          <CopyButton what="the AWS CLI command" text={cli}>
            Copy as AWS CLI
          </CopyButton>
          <CopyButton what="the boto3 call" text={asBoto3(call)}>
            Copy as boto3
          </CopyButton>
        </SpaceBetween>
      </SpaceBetween>
    </ExpandableSection>
  )
}
