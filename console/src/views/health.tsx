import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { Output } from '../api/services.ts'
import { useApi } from '../api/use-api.ts'
import { FailurePage } from '../parts/failure.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { OneLine, Text, Time } from '../parts/words.tsx'
import { bytes } from '../words/bytes.ts'
import { visible } from '../words/text.ts'
import { duration } from '../words/time.ts'

type Health = Output<'bellhop.DescribeHealth'>
type Engine = Health['Engines'][number]

/** How the server is: its nodes, its engines, its database and what waits. */
export default function HealthView() {
  const { data, error } = useApi('bellhop.DescribeHealth', {}, { every: 5_000 })
  if (error) return <FailurePage error={error} title="How the server is cannot be shown" />
  if (!data) return <Waiting />
  const { Nodes: nodes, Engines: engines, Database: database, Backlog: backlog } = data
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Nodes, engines, the database and what waits; of all accounts together.">
        Health
      </Header>
      <Container>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Nodes', value: <NodesUp nodes={nodes} /> },
            {
              label: 'Not ended',
              value: `${backlog.Unfinished}${backlog.Due > 0 ? `, ${backlog.Due} with something to do` : ''}`,
            },
            {
              label: 'Longest wait',
              value: backlog.OldestDueSeconds === undefined ? 'Nothing waits' : duration(backlog.OldestDueSeconds),
            },
            {
              label: 'Database',
              value: `${database.Kind === 'SQLITE' ? 'SQLite' : 'PostgreSQL'}${database.Bytes === undefined ? '' : `, ${bytes(database.Bytes)}`}`,
            },
            { label: 'Commit, median', value: milliseconds(database.CommitMilliseconds) },
            { label: 'Commit, 99 of 100', value: milliseconds(database.CommitP99Milliseconds) },
          ]}
        />
      </Container>
      <Table
        header={
          <Header variant="h2" counter={`(${nodes.length})`}>
            Nodes
          </Header>
        }
        contentDensity="compact"
        items={[...nodes]}
        trackBy="NodeId"
        ariaLabels={{ tableLabel: 'Nodes' }}
        columnDefinitions={[
          {
            id: 'status',
            header: 'Status',
            minWidth: 110,
            cell: row => (
              <StatusIndicator type={row.Status === 'UP' ? 'success' : 'error'}>
                {row.Status === 'UP' ? 'Up' : 'Gone'}
              </StatusIndicator>
            ),
          },
          {
            id: 'id',
            header: 'Node',
            isRowHeader: true,
            minWidth: 160,
            cell: row => <OneLine>{row.Answering ? `${row.NodeId} (this one)` : row.NodeId}</OneLine>,
          },
          { id: 'role', header: 'Role', cell: row => roles[row.Role] },
          { id: 'hand', header: 'In hand', cell: row => row.ExecutionsInHand ?? '-' },
          { id: 'commit', header: 'Commit', minWidth: 100, cell: row => milliseconds(row.CommitMilliseconds) },
          { id: 'seen', header: 'Last seen', minWidth: 120, cell: row => <Time of={row.LastSeenTime} short /> },
          { id: 'since', header: 'Started', minWidth: 180, cell: row => <Time of={row.StartedTime} /> },
          { id: 'version', header: 'Version', cell: row => <OneLine>{row.Version}</OneLine> },
          { id: 'address', header: 'Address', minWidth: 160, cell: row => <OneLine>{row.Address}</OneLine> },
        ]}
      />
      <Table
        header={
          <Header variant="h2" counter={`(${engines.length})`}>
            Engines
          </Header>
        }
        contentDensity="compact"
        items={[...engines]}
        trackBy={row => `${row.ProductType} ${row.Name}`}
        ariaLabels={{ tableLabel: 'Engines' }}
        empty={<Box textAlign="center">No engine is configured.</Box>}
        columnDefinitions={[
          {
            id: 'name',
            header: 'Engine',
            isRowHeader: true,
            minWidth: 130,
            cell: row => <OneLine>{row.Name}</OneLine>,
          },
          { id: 'type', header: 'For', minWidth: 190, cell: row => visible(row.ProductType) },
          { id: 'state', header: 'Last', minWidth: 130, cell: row => <Last engine={row} /> },
          {
            id: 'work',
            header: 'Under way',
            minWidth: 130,
            cell: row =>
              row.OldestSeconds === undefined ? row.UnderWay : `${row.UnderWay}, for ${duration(row.OldestSeconds)}`,
          },
          {
            id: 'backend',
            header: 'Reached',
            minWidth: 200,
            cell: row => <OneLine>{[row.Transport, row.BackEnd].filter(Boolean).join(': ')}</OneLine>,
          },
          { id: 'success', header: 'Last success', minWidth: 180, cell: row => <Time of={row.LastSuccessTime} /> },
          { id: 'failure', header: 'Last failure', minWidth: 180, cell: row => <Time of={row.LastFailureTime} /> },
          { id: 'error', header: 'Its reason', minWidth: 300, cell: row => <Text>{row.LastError}</Text> },
        ]}
      />
    </SpaceBetween>
  )
}

const roles = { ALL: 'API and worker', API: 'API', WORKER: 'Worker' } as const

function NodesUp({ nodes }: { readonly nodes: Health['Nodes'] }) {
  const gone = nodes.filter(node => node.Status === 'GONE').length
  return (
    <StatusIndicator type={gone > 0 ? 'warning' : 'success'}>
      {nodes.length - gone} up{gone > 0 && `, ${gone} gone`}
    </StatusIndicator>
  )
}

/** How it fared when it was used last; since the nodes were started, no more is known. */
function Last({ engine: { LastSuccessTime: success, LastFailureTime: failure } }: { readonly engine: Engine }) {
  if (success === undefined && failure === undefined) return <StatusIndicator type="pending">Not used</StatusIndicator>
  return (failure ?? 0) > (success ?? 0) ? (
    <StatusIndicator type="error">Failed</StatusIndicator>
  ) : (
    <StatusIndicator type="success">Succeeded</StatusIndicator>
  )
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value} ms`
}
