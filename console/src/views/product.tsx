import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useApi } from '../api/use-api.ts'
import { FailurePage } from '../parts/failure.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { OneLine, Text, Time } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { statusText } from '../words/status.ts'
import { visible } from '../words/text.ts'
import { productTypeText } from '../words/version.ts'

/** A product that may be launched: what it is, and its versions. */
export default function Product({ id }: ViewProps) {
  const { data, error } = useApi('servicecatalog.DescribeProduct', { Id: id })
  if (error) return <FailurePage error={error} title="The product cannot be shown" />
  if (!data) return <Waiting />
  const { ProductViewSummary: product = {}, ProvisioningArtifacts: versions = [], LaunchPaths: paths = [] } = data
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <span data-run>
            <Button variant="primary" href={to('/products', id, 'launch')}>
              Launch product
            </Button>
          </span>
        }
      >
        {visible(product.Name ?? '')}
      </Header>
      <Container>
        <SpaceBetween size="m">
          <Text>{product.ShortDescription}</Text>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'Owner', value: <Text>{product.Owner}</Text> },
              { label: 'Distributor', value: <Text>{product.Distributor}</Text> },
              { label: 'Type', value: <Text>{productTypeText(product.Type)}</Text> },
              { label: 'Through', value: <Text>{paths.map(path => path.Name).join(', ')}</Text> },
              { label: 'Support', value: <Text>{product.SupportDescription}</Text> },
              { label: 'Support by e-mail', value: <Text>{product.SupportEmail}</Text> },
              { label: 'Support page', value: <Text>{product.SupportUrl}</Text> },
              { label: 'Product', value: <Text>{id}</Text> },
            ]}
          />
        </SpaceBetween>
      </Container>
      <Table
        header={
          <Header variant="h2" counter={`(${versions.length})`}>
            Versions
          </Header>
        }
        contentDensity="compact"
        items={[...versions].sort((a, b) => (b.CreatedTime ?? 0) - (a.CreatedTime ?? 0))}
        trackBy="Id"
        ariaLabels={{ tableLabel: 'Versions' }}
        columnDefinitions={[
          { id: 'name', header: 'Name', cell: row => <OneLine>{row.Name}</OneLine>, isRowHeader: true },
          { id: 'description', header: 'Description', cell: row => <OneLine>{row.Description}</OneLine> },
          { id: 'guidance', header: 'Guidance', cell: row => statusText(row.Guidance ?? 'DEFAULT') },
          { id: 'created', header: 'Created', cell: row => <Time of={row.CreatedTime} /> },
          { id: 'id', header: 'Version', cell: row => <OneLine>{row.Id}</OneLine> },
        ]}
        empty="No version can be launched."
      />
    </SpaceBetween>
  )
}
