import { useApi } from '../api/use-api.ts'
import { DocumentEditor } from '../parts/document-editor.tsx'
import { FailurePage } from '../parts/failure.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { ViewProps } from '../routes.ts'
import { useLocation } from '../routing/use-location.ts'

/** A document's next version, begun with the text of the one that is in the address. */
export default function EditDocument({ id: name }: ViewProps) {
  const { query } = useLocation()
  const { data, error } = useApi('ssm.GetDocument', { Name: name, DocumentVersion: query['version'] || '$LATEST' })
  const described = useApi('ssm.DescribeDocument', { Name: name, DocumentVersion: query['version'] || '$LATEST' })
  if (error) return <FailurePage error={error} title="The document cannot be edited" />
  if (!data || !described.data) return <Waiting />
  return (
    <DocumentEditor
      text={data.Content ?? ''}
      format={data.DocumentFormat === 'JSON' ? 'JSON' : 'YAML'}
      name={name}
      targetType={described.data.Document?.TargetType}
    />
  )
}
