import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMemo } from 'react'
import { call } from '../api/client.ts'
import { useApi, usePages } from '../api/use-api.ts'
import { outlineOf } from '../document/outline.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Failure, FailurePage } from '../parts/failure.tsx'
import { StepGraph } from '../parts/step-graph.tsx'
import { TabSet } from '../parts/tab-set.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { CopyButton, OneLine, Text, Time } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { formatLocation, to } from '../routing/location.ts'
import { go, useLocation } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'
import { versionsOf } from './documents.tsx'

/** More text than this is not laid out at once; what is copied is whole. */
const mostShown = 200_000

/** One document: its steps as a graph, its parameters, its text, and its versions. The version is in the address. */
export default function Document({ id: name }: ViewProps) {
  const { query } = useLocation()
  const version = query['version'] || '$DEFAULT'
  const described = useApi('ssm.DescribeDocument', { Name: name, DocumentVersion: version })
  const got = useApi('ssm.GetDocument', { Name: name, DocumentVersion: version })
  const text = got.data?.Content
  const outline = useMemo(() => (text === undefined ? undefined : outlineOf(text)), [text])
  if (described.error) return <FailurePage error={described.error} title="The document cannot be shown" />
  const document = described.data?.Document
  if (!document) return <Waiting />
  const isOwn = document.Owner !== 'Amazon'
  const shown = document.DocumentVersion ?? '1'
  const isDefault = shown === document.DefaultVersion
  const parameters = document.Parameters ?? []
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={document.Description && <Text>{document.Description}</Text>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {isOwn && <Delete name={name} />}
            {isOwn && (
              <Button
                href={formatLocation({ path: to('/documents', name, 'edit').slice(1), query: { version: shown } })}
              >
                Edit
              </Button>
            )}
            <Button
              variant="primary"
              href={formatLocation({
                path: '/service-actions/new',
                query: { document: document.Name ?? name, version: shown },
              })}
            >
              Create service action
            </Button>
          </SpaceBetween>
        }
      >
        {visible(document.Name ?? name)}
      </Header>
      <Container>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Version', value: `${shown}${isDefault ? ' (default)' : ''}` },
            { label: 'Name of the version', value: <Text>{document.VersionName}</Text> },
            { label: 'Target type', value: <Text>{document.TargetType}</Text> },
            { label: 'Format', value: <Text>{document.DocumentFormat}</Text> },
            { label: 'Owner', value: <Text>{document.Owner}</Text> },
            { label: 'Created', value: <Time of={document.CreatedDate} /> },
            { label: 'Steps', value: outline ? String(outline.steps.length) : '-' },
            { label: 'Latest version', value: <Text>{document.LatestVersion}</Text> },
          ]}
        />
      </Container>
      <TabSet
        label="Of the document"
        tabs={[
          {
            id: 'steps',
            label: 'Steps',
            content: got.error ? (
              <Failure error={got.error} title="The text cannot be read" />
            ) : outline ? (
              <Container>
                <StepGraph steps={outline.steps} />
              </Container>
            ) : (
              <Waiting />
            ),
          },
          {
            id: 'parameters',
            label: `Parameters (${parameters.length})`,
            content: (
              <Container>
                {parameters.length === 0 ? (
                  <Box color="text-body-secondary">It has none.</Box>
                ) : (
                  <KeyValuePairs
                    columns={1}
                    items={parameters.map(each => ({
                      label: `${visible(each.Name ?? '')} (${each.Type})`,
                      value: (
                        <SpaceBetween size="xxs">
                          {each.Description && <Text>{each.Description}</Text>}
                          <Box color="text-body-secondary">
                            {each.DefaultValue === undefined ? (
                              'Must be given'
                            ) : (
                              <>
                                Default: <Text mono>{each.DefaultValue}</Text>
                              </>
                            )}
                          </Box>
                        </SpaceBetween>
                      ),
                    }))}
                  />
                )}
              </Container>
            ),
          },
          {
            id: 'text',
            label: 'Text',
            content: (
              <Container>
                {text === undefined ? (
                  <Waiting />
                ) : (
                  <SpaceBetween size="s">
                    <CopyButton what="the document" text={text}>
                      Copy
                    </CopyButton>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
                    <pre className="mono source" tabIndex={0}>
                      {visible(text.slice(0, mostShown))}
                    </pre>
                    {text.length > mostShown && `… ${text.length - mostShown} more characters`}
                  </SpaceBetween>
                )}
              </Container>
            ),
          },
          { id: 'versions', label: 'Versions', content: <Versions name={name} isOwn={isOwn} shown={shown} /> },
        ]}
      />
    </SpaceBetween>
  )
}

function Versions({ name, isOwn, shown }: { readonly name: string; readonly isOwn: boolean; readonly shown: string }) {
  const pages = usePages('ssm.ListDocumentVersions', { Name: name, MaxResults: 50 }, { rows: versionsOf })
  return (
    <DataTable
      title="Versions"
      variant="container"
      pages={pages}
      rowId={row => row.DocumentVersion ?? ''}
      sort="-version"
      empty="There is no version."
      columns={[
        {
          id: 'version',
          header: 'Version',
          value: row => Number(row.DocumentVersion),
          cell: row => (
            <a
              href={formatLocation({
                path: to('/documents', name).slice(1),
                query: { version: row.DocumentVersion ?? '' },
              })}
            >
              {`${row.DocumentVersion}${row.DocumentVersion === shown ? ' (shown)' : ''}`}
            </a>
          ),
        },
        {
          id: 'name',
          header: 'Name',
          value: row => row.VersionName,
          cell: row => <OneLine>{row.VersionName}</OneLine>,
        },
        {
          id: 'created',
          header: 'Created',
          width: 200,
          value: row => row.CreatedDate,
          cell: row => <Time of={row.CreatedDate} />,
        },
        {
          id: 'default',
          header: 'Default',
          width: 160,
          cell: row =>
            row.IsDefaultVersion ? (
              'Default'
            ) : isOwn ? (
              <ConfirmButton
                variant="inline-link"
                label="Make default"
                ariaLabel={`Make version ${row.DocumentVersion} the default`}
                title={`Make version ${row.DocumentVersion} the default?`}
                run={() =>
                  call('ssm.UpdateDocumentDefaultVersion', { Name: name, DocumentVersion: row.DocumentVersion ?? '' })
                }
                done={`Version ${row.DocumentVersion} is the default.`}
              >
                What names no version runs this one from now on. Service actions keep the version that they name.
              </ConfirmButton>
            ) : (
              ''
            ),
        },
      ]}
    />
  )
}

function Delete({ name }: { readonly name: string }) {
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${visible(name)}?`}
      run={() => call('ssm.DeleteDocument', { Name: name })}
      done={`${name} was deleted.`}
      then={() => go('/documents')}
    >
      All its versions are deleted. Service actions that run it fail from then on.
    </ConfirmButton>
  )
}
