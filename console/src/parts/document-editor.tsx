import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useDocumentCheck } from '../api/check-document.ts'
import { call } from '../api/client.ts'
import { useDo } from '../api/use-api.ts'
import { outlineOf } from '../document/outline.ts'
import { placeOf } from '../document/place.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'
import { Failure } from './failure.tsx'
import { notify } from './notices.tsx'
import { StepGraph } from './step-graph.tsx'
import { goToLine, TextEditor } from './text-editor.tsx'

interface Props {
  readonly text: string
  readonly format: 'YAML' | 'JSON'
  readonly name: string
  readonly targetType?: string
  readonly isNew?: boolean
}

/** The text of a document with what is wrong with it and the graph of its steps, both as one types. */
export function DocumentEditor(props: Props) {
  const { isNew } = props
  const [name, setName] = useState(props.name)
  const [format, setFormat] = useState(props.format)
  const [targetType, setTargetType] = useState(props.targetType ?? '')
  const [versionName, setVersionName] = useState('')
  const [text, setText] = useState(props.text)
  const [isTried, setTried] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const seen = useDeferredValue(text)
  const outline = useMemo(() => outlineOf(seen), [seen])
  const checked = useDocumentCheck(text, format)
  // Each thing is said once: what the server says first, then what else has been seen here.
  const problems = useMemo(() => {
    if (!checked) return outline.problems
    const said =
      checked.problem === undefined ? [] : [{ message: checked.problem, line: placeOf(seen, checked.problem) }]
    return [...said, ...outline.problems.filter(({ line }) => line === undefined || line !== said[0]?.line)]
  }, [checked, outline, seen])
  const marked = useMemo(() => new Set(problems.flatMap(({ line }) => line ?? [])), [problems])
  const isChanged = text !== props.text
  useUnsaved(isChanged)
  const save = useDo(async () => {
    const common = {
      Name: name,
      Content: text,
      DocumentFormat: format,
      ...(targetType && { TargetType: targetType }),
      ...(versionName && { VersionName: versionName }),
    }
    if (isNew) return (await call('ssm.CreateDocument', { ...common, DocumentType: 'Automation' })).DocumentDescription
    return (await call('ssm.UpdateDocument', { ...common, DocumentVersion: '$LATEST' })).DocumentDescription
  })
  const lacksName = name === ''
  const send = () => {
    setTried(true)
    if (lacksName || save.isPending) return
    save.mutate(undefined, {
      onSuccess: made => {
        notify('success', `Version ${made?.DocumentVersion ?? '1'} of ${name} was saved.`)
        go(`${to('/documents', name)}?version=${encodeURIComponent(made?.DocumentVersion ?? '')}`)
      },
    })
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        send()
      }}
    >
      <Form
        header={
          <Header variant="h1" description={isNew ? undefined : 'Saved as a new version; the default stays as it is.'}>
            {isNew ? 'Create document' : `Edit ${visible(props.name)}`}
          </Header>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href={isNew ? '#/documents' : to('/documents', props.name)} formAction="none">
              Cancel
            </Button>
            <Button variant="primary" formAction="submit" loading={save.isPending} disabled={!isNew && !isChanged}>
              {isNew ? 'Create document' : 'Save as new version'}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container>
            <div className="form-row">
              {isNew && (
                <FormField
                  label="Name"
                  constraintText="Letters, digits, - _ . and 3 to 128 of them."
                  errorText={isTried && lacksName ? 'A value is needed.' : undefined}
                >
                  <Input value={name} onChange={({ detail }) => setName(detail.value)} />
                </FormField>
              )}
              <FormField label="Target type" constraintText="Optional. The type of the resources it is about.">
                <Input
                  value={targetType}
                  placeholder="/AWS::EC2::Instance"
                  onChange={({ detail }) => setTargetType(detail.value)}
                />
              </FormField>
              <FormField label="Name of the version" constraintText="Optional.">
                <Input value={versionName} onChange={({ detail }) => setVersionName(detail.value)} />
              </FormField>
              <FormField label="Format">
                <RadioGroup
                  ariaLabel="Format"
                  direction="horizontal"
                  value={format}
                  items={[
                    { value: 'YAML', label: 'YAML' },
                    { value: 'JSON', label: 'JSON' },
                  ]}
                  onChange={({ detail }) => setFormat(detail.value as 'YAML')}
                />
              </FormField>
            </div>
          </Container>
          {save.error && <Failure error={save.error} title="The document was not saved" />}
          <div className="editor-and-graph">
            <Container header={<Header variant="h2">Text</Header>}>
              <SpaceBetween size="s">
                <TextEditor
                  label="Text of the document"
                  value={text}
                  onChange={setText}
                  marked={marked}
                  field={field}
                />
                <div role="status" className="problems">
                  {problems.length === 0 ? (
                    checked?.text === text ? (
                      <StatusIndicator type="success">Valid</StatusIndicator>
                    ) : (
                      <StatusIndicator type="loading">Looking at it</StatusIndicator>
                    )
                  ) : (
                    <ul className="plain-list">
                      {problems.slice(0, 20).map(({ message, line }) => (
                        <li key={`${line} ${message}`}>
                          <StatusIndicator type="error">
                            {line !== undefined && (
                              <>
                                <Button
                                  variant="inline-link"
                                  formAction="none"
                                  ariaLabel={`Go to line ${line}`}
                                  onClick={() => goToLine(field.current, line)}
                                >
                                  {`Line ${line}`}
                                </Button>{' '}
                              </>
                            )}
                            <span className="text">{visible(message.slice(0, 1_000))}</span>
                          </StatusIndicator>
                        </li>
                      ))}
                    </ul>
                  )}
                </div>
              </SpaceBetween>
            </Container>
            <Container
              header={
                <Header variant="h2" counter={`(${outline.steps.length})`}>
                  Steps
                </Header>
              }
            >
              {outline.steps.length > 0 ? (
                <StepGraph
                  steps={outline.steps}
                  onPick={step => step.line !== undefined && goToLine(field.current, step.line)}
                />
              ) : (
                <Box color="text-body-secondary">Steps are drawn here as you write them.</Box>
              )}
            </Container>
          </div>
        </SpaceBetween>
      </Form>
    </form>
  )
}

/** The browser asks before a page is left with what has not been saved. */
function useUnsaved(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isChanged])
}
