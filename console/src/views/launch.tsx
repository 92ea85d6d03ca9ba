import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMemo, useState } from 'react'
import { useAct, useApi } from '../api/use-api.ts'
import { CopyAs } from '../parts/copy-as.tsx'
import { Failure } from '../parts/failure.tsx'
import { Fields, useFields } from '../parts/fields.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { Text } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { go, useLocation } from '../routing/use-location.ts'
import { productField } from '../words/fields.ts'
import { visible } from '../words/text.ts'

/** The form that launches a product: version, path, name, parameters and tags. */
export default function Launch({ id }: ViewProps) {
  const { query, setQuery } = useLocation()
  const product = useApi('servicecatalog.DescribeProduct', { Id: id })
  const versions = [...(product.data?.ProvisioningArtifacts ?? [])]
    .filter(version => version.Guidance !== 'DEPRECATED')
    .sort((a, b) => (b.CreatedTime ?? 0) - (a.CreatedTime ?? 0))
  const paths = product.data?.LaunchPaths ?? []
  const version = versions.find(each => each.Id === query['version']) ?? versions[0]
  const path = paths.find(each => each.Id === query['path']) ?? paths[0]
  if (product.error) return <Failure error={product.error} title="The product cannot be shown" />
  if (!product.data) return <Waiting />
  const name = product.data.ProductViewSummary?.Name ?? ''
  if (!version?.Id) return <Alert type="warning">No version of {visible(name)} can be launched.</Alert>
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Launch {visible(name)}</Header>
      <Container header={<Header variant="h2">Version</Header>}>
        <SpaceBetween size="m">
          <FormField label="Version" description={version.Description && <Text>{version.Description}</Text>}>
            <Select
              options={versions.map(each => ({ value: each.Id ?? '', label: visible(each.Name ?? '') }))}
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
      <Parameters
        key={`${version.Id} ${path?.Id}`}
        productId={id}
        versionId={version.Id}
        pathId={path?.Id}
        productName={name}
      />
    </SpaceBetween>
  )
}

interface ParametersProps {
  readonly productId: string
  readonly productName: string
  readonly versionId: string
  readonly pathId: string | undefined
}

function Parameters({ productId, productName, versionId, pathId }: ParametersProps) {
  const described = useApi('servicecatalog.DescribeProvisioningParameters', {
    ProductId: productId,
    ProvisioningArtifactId: versionId,
    ...(pathId && { PathId: pathId }),
  })
  const fields = useMemo(
    () => (described.data?.ProvisioningArtifactParameters ?? []).map(productField),
    [described.data],
  )
  const state = useFields(fields)
  const [name, setName] = useState('')
  const [tags, setTags] = useState<Readonly<Record<string, string>>>({})
  const launch = useAct('servicecatalog.ProvisionProduct')
  const [isTried, setTried] = useState(false)
  if (described.error) return <Failure error={described.error} title="The parameters cannot be shown" />
  if (!described.data) return <Waiting />
  const {
    TagOptions: options = [],
    ConstraintSummaries: summaries = [],
    UsageInstructions: instructions = [],
  } = described.data
  const constraints = summaries.filter(each => each.Description)
  const nameProblem = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/.test(name)
    ? undefined
    : 'A name of letters, digits, dots, underscores and hyphens, beginning with a letter or digit.'
  const chosenTags = options.flatMap(option => {
    const Value = tags[option.Key ?? ''] ?? (option.Values?.length === 1 ? option.Values[0] : undefined)
    return Value === undefined ? [] : [{ Key: option.Key ?? '', Value }]
  })
  const input = {
    ProductId: productId,
    ProvisioningArtifactId: versionId,
    ...(pathId && { PathId: pathId }),
    ProvisionedProductName: name,
    ...(state.changed.length > 0 && {
      ProvisioningParameters: state.changed.map(field => ({ Key: field.name, Value: state.value(field) })),
    }),
    ...(chosenTags.length > 0 && { Tags: chosenTags }),
  }
  const missingTags = options.filter(option => !chosenTags.some(tag => tag.Key === option.Key))
  const submit = () => {
    setTried(true)
    if (!state.check() || nameProblem || missingTags.length > 0) return
    launch.mutate(input, {
      onSuccess: ({ RecordDetail }) => go(to('/records', RecordDetail?.RecordId ?? '')),
    })
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        submit()
      }}
    >
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href={to('/products', productId)} formAction="none">
              Cancel
            </Button>
            <Button variant="primary" formAction="submit" loading={launch.isPending}>
              Launch product
            </Button>
          </SpaceBetween>
        }
        errorText={undefined}
      >
        <SpaceBetween size="l">
          {instructions
            .filter(each => each.Value && each.Value !== '{}')
            .map(each => (
              <Alert key={`${each.Type} ${each.Value}`} type="info">
                <Text>{each.Value}</Text>
              </Alert>
            ))}
          <Container header={<Header variant="h2">Name</Header>}>
            <FormField label="Name of the provisioned product" errorText={isTried || name ? nameProblem : undefined}>
              <Input
                value={name}
                placeholder={productName
                  .toLowerCase()
                  .replace(/[^a-z0-9]+/g, '-')
                  .slice(0, 40)}
                onChange={({ detail }) => setName(detail.value)}
                autoComplete={false}
              />
            </FormField>
          </Container>
          {fields.length > 0 && (
            <Container header={<Header variant="h2">Parameters</Header>}>
              <Fields state={state} />
            </Container>
          )}
          {options.length > 0 && (
            <Container header={<Header variant="h2">Tags</Header>}>
              <SpaceBetween size="m">
                {options.map(option => {
                  const chosen = chosenTags.find(tag => tag.Key === option.Key)?.Value
                  return (
                    <FormField
                      key={option.Key}
                      label={visible(option.Key ?? '')}
                      errorText={isTried && chosen === undefined ? 'Choose a value.' : undefined}
                    >
                      <Select
                        options={(option.Values ?? []).map(value => ({ value, label: visible(value) }))}
                        selectedOption={chosen === undefined ? null : { value: chosen, label: visible(chosen) }}
                        placeholder="Choose"
                        onChange={({ detail }) =>
                          setTags({ ...tags, [option.Key ?? '']: detail.selectedOption.value ?? '' })
                        }
                      />
                    </FormField>
                  )
                })}
              </SpaceBetween>
            </Container>
          )}
          {constraints.length > 0 && (
            <Container header={<Header variant="h2">Constraints</Header>}>
              {constraints.map(each => (
                <div key={`${each.Type} ${each.Description}`}>
                  <Text>{`${each.Type}: ${each.Description ?? ''}`}</Text>
                </div>
              ))}
            </Container>
          )}
          <CopyAs service="servicecatalog" operation="ProvisionProduct" input={masked(input, fields)} />
          {launch.error && <Failure error={launch.error} title="The product was not launched" />}
        </SpaceBetween>
      </Form>
    </form>
  )
}

/** The same input with what is secret left to be filled in. */
function masked(
  input: { readonly ProvisioningParameters?: readonly { readonly Key: string; readonly Value: string }[] },
  fields: readonly { readonly name: string; readonly isSecret: boolean }[],
) {
  const secret = new Set(fields.filter(field => field.isSecret).map(field => field.name))
  if (!input.ProvisioningParameters) return { ...input }
  return {
    ...input,
    ProvisioningParameters: input.ProvisioningParameters.map(({ Key, Value }) => ({
      Key,
      Value: secret.has(Key) ? 'FILL_IN' : Value,
    })),
  }
}
