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
import { to } from '../routing/location.ts'
import { go, useLocation } from '../routing/use-location.ts'
import { type Field, productField } from '../words/fields.ts'
import { statusText } from '../words/status.ts'
import { visible } from '../words/text.ts'
import { dateTime } from '../words/time.ts'
import { CopyAs } from './copy-as.tsx'
import { draftOf, keepDraft } from './drafts.ts'
import { Failure, FailurePage } from './failure.tsx'
import { Fields, useFields } from './fields.tsx'
import type { Updated } from './provisioning.tsx'
import { Waiting } from './waiting.tsx'
import { Text } from './words.tsx'

interface Props {
  readonly productId: string
  readonly productName: string
  readonly versionId: string
  readonly pathId: string | undefined
  /** Absent: a new one is launched. */
  readonly updated?: Updated
}

/** Name, parameters and tags of what is launched, or what is to be another about what is there. */
export function ProvisioningForm({ productId, productName, versionId, pathId, updated }: Props) {
  const { query } = useLocation()
  const draft = draftOf(query['plan'])
  const described = useApi('servicecatalog.DescribeProvisioningParameters', {
    ProductId: productId,
    ProvisioningArtifactId: versionId,
    ...(pathId && { PathId: pathId }),
  })
  const fields = useMemo(
    () =>
      (described.data?.ProvisioningArtifactParameters ?? []).map(parameter =>
        updated ? asItIs(productField(parameter)) : productField(parameter),
      ),
    [described.data, updated],
  )
  const state = useFields(fields, draft?.values)
  const [name, setName] = useState(updated?.name ?? draft?.name ?? '')
  const [tags, setTags] = useState<Readonly<Record<string, string>>>(draft?.tags ?? {})
  const launch = useAct('servicecatalog.ProvisionProduct')
  const update = useAct('servicecatalog.UpdateProvisionedProduct')
  const plan = useAct('servicecatalog.CreateProvisionedProductPlan')
  const [isTried, setTried] = useState(false)
  if (described.error) return <FailurePage error={described.error} title="The parameters cannot be shown" />
  if (!described.data) return <Waiting />
  const { ConstraintSummaries: summaries = [], UsageInstructions: instructions = [] } = described.data
  // Tags of what is there stay as they are: changing them takes a constraint that allows it.
  const options = updated ? [] : (described.data.TagOptions ?? [])
  const constraints = summaries.filter(each => each.Description)
  const nameProblem =
    updated || /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/.test(name)
      ? undefined
      : 'A name of letters, digits, dots, underscores and hyphens, beginning with a letter or digit.'
  const chosenTags = options.flatMap(option => {
    const Value = tags[option.Key ?? ''] ?? (option.Values?.length === 1 ? option.Values[0] : undefined)
    return Value === undefined ? [] : [{ Key: option.Key ?? '', Value }]
  })
  const common = {
    ProductId: productId,
    ProvisioningArtifactId: versionId,
    ...(pathId && { PathId: pathId }),
    ...(state.changed.length > 0 && {
      ProvisioningParameters: state.changed.map(field => ({ Key: field.name, Value: state.value(field) })),
    }),
    ...(chosenTags.length > 0 && { Tags: chosenTags }),
  }
  const launchInput = { ...common, ProvisionedProductName: name }
  const updateInput = { ...common, ProvisionedProductId: updated?.id ?? '' }
  const missingTags = options.filter(option => !chosenTags.some(tag => tag.Key === option.Key))
  const isWell = () => {
    setTried(true)
    return state.check() && !nameProblem && missingTags.length === 0
  }
  const watch = ({ RecordDetail }: { readonly RecordDetail?: { readonly RecordId?: string } }) =>
    go(to('/records', RecordDetail?.RecordId ?? ''))
  const submit = () => {
    if (!isWell()) return
    plan.reset()
    if (updated) update.mutate(updateInput, { onSuccess: watch })
    else launch.mutate(launchInput, { onSuccess: watch })
  }
  const preview = () => {
    if (!isWell()) return
    const PlanName = `${name} ${dateTime(Date.now() / 1000, 'utc')}`
    plan.mutate(
      { ...launchInput, PlanName, PlanType: 'CLOUDFORMATION' },
      {
        onSuccess: ({ PlanId = '' }) => {
          const values = Object.fromEntries(state.changed.map(field => [field.name, state.value(field)]))
          keepDraft(PlanId, { name, values, tags })
          go(to('/plans', PlanId))
        },
      },
    )
  }
  const failed = launch.error ?? update.error
  const verb = updated ? 'Update' : 'Launch'
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
            <Button
              href={updated ? to('/provisioned-products', updated.id) : to('/products', productId)}
              formAction="none"
            >
              Cancel
            </Button>
            <Button formAction="none" loading={plan.isPending} onClick={preview}>
              Preview changes
            </Button>
            <Button variant="primary" formAction="submit" loading={launch.isPending || update.isPending}>
              {verb} product
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
          {!updated && (
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
          )}
          {fields.length > 0 && (
            <Container
              header={
                <Header
                  variant="h2"
                  description={
                    updated && 'What is left empty stays as it is; what is new in the version has its default.'
                  }
                >
                  Parameters
                </Header>
              }
            >
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
                  <Text>{`${statusText(each.Type ?? '')}: ${each.Description ?? ''}`}</Text>
                </div>
              ))}
            </Container>
          )}
          <CopyAs
            service="servicecatalog"
            operation={updated ? 'UpdateProvisionedProduct' : 'ProvisionProduct'}
            input={masked(updated ? updateInput : launchInput, fields)}
          />
          {failed && <Failure error={failed} title={`The product was not ${updated ? 'updated' : 'launched'}`} />}
          {plan.error && <Failure error={plan.error} title="No plan was made" />}
        </SpaceBetween>
      </Form>
    </form>
  )
}

/** The field of a parameter that has a value already: what is not given stays. */
function asItIs(field: Field): Field {
  const options = field.options && ['', ...field.options]
  return {
    ...field,
    initial: '',
    isRequired: false,
    ...(options && { options, optionLabels: { '': 'As it is' } }),
  }
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
