import Alert from '@cloudscape-design/components/alert'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useApi } from '../api/use-api.ts'
import { useLocation } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'
import { FailurePage } from './failure.tsx'
import { ProvisioningForm } from './provisioning-form.tsx'
import { Waiting } from './waiting.tsx'
import { Text } from './words.tsx'

/** A provisioned product that is to be updated. */
export interface Updated {
  readonly id: string
  readonly name: string
  readonly versionId?: string
  /** The path that it came by last. */
  readonly pathId?: string
}

interface Props {
  readonly productId: string
  /** Absent: a new one is launched. */
  readonly updated?: Updated
}

/** The choice of version and path, which are in the address, and the form that belongs to them. */
export function Provisioning({ productId, updated }: Props) {
  const { query, setQuery } = useLocation()
  const product = useApi('servicecatalog.DescribeProduct', { Id: productId })
  // Nothing new is launched from a deprecated version; what came of one may stay with it.
  const versions = [...(product.data?.ProvisioningArtifacts ?? [])]
    .filter(version => version.Guidance !== 'DEPRECATED' || version.Id === updated?.versionId)
    .sort((a, b) => (b.CreatedTime ?? 0) - (a.CreatedTime ?? 0))
  const paths = product.data?.LaunchPaths ?? []
  const version =
    versions.find(each => each.Id === query['version']) ??
    versions.find(each => each.Id === updated?.versionId) ??
    versions[0]
  const path =
    paths.find(each => each.Id === query['path']) ?? paths.find(each => each.Id === updated?.pathId) ?? paths[0]
  if (product.error) return <FailurePage error={product.error} title="The product cannot be shown" />
  if (!product.data) return <Waiting />
  const name = product.data.ProductViewSummary?.Name ?? ''
  if (!version?.Id) return <Alert type="warning">No version of {visible(name)} can be launched.</Alert>
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{updated ? `Update ${visible(updated.name)}` : `Launch ${visible(name)}`}</Header>
      <Container header={<Header variant="h2">Version</Header>}>
        <SpaceBetween size="m">
          <FormField label="Version" description={version.Description && <Text>{version.Description}</Text>}>
            <Select
              options={versions.map(each => ({
                value: each.Id ?? '',
                label: visible(each.Name ?? ''),
                ...(each.Id === updated?.versionId && { labelTag: 'as it is' }),
              }))}
              selectedOption={{ value: version.Id, label: visible(version.Name ?? '') }}
              onChange={({ detail }) => setQuery({ version: detail.selectedOption.value ?? '' })}
            />
          </FormField>
          {paths.length > 1 && (
            <FormField
              label="Launch path"
              description="The portfolio that it comes through, with its constraints and tags."
            >
              <Select
                options={paths.map(each => ({ value: each.Id ?? '', label: visible(each.Name ?? '') }))}
                selectedOption={{ value: path?.Id ?? '', label: visible(path?.Name ?? '') }}
                onChange={({ detail }) => setQuery({ path: detail.selectedOption.value ?? '' })}
              />
            </FormField>
          )}
        </SpaceBetween>
      </Container>
      <ProvisioningForm
        key={`${version.Id} ${path?.Id}`}
        productId={productId}
        versionId={version.Id}
        pathId={path?.Id}
        productName={name}
        updated={updated}
      />
    </SpaceBetween>
  )
}
