import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMemo, useState } from 'react'
import { useAct, useApi } from '../api/use-api.ts'
import { CopyAs } from '../parts/copy-as.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure, FailurePage } from '../parts/failure.tsx'
import { Fields, useFields } from '../parts/fields.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { Text } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { actionField, type DocumentParameter, linesOf } from '../words/fields.ts'
import { nameOfArn, visible } from '../words/text.ts'

/** The form that runs a service action on a provisioned product: what it needs, what it will do, and to what. */
export default function Action({ id, other: actionId = '' }: ViewProps) {
  const ids = { ProvisionedProductId: id, ServiceActionId: actionId }
  const described = useApi('servicecatalog.DescribeServiceActionExecutionParameters', ids)
  const product = useApi('servicecatalog.DescribeProvisionedProduct', { Id: id }).data?.ProvisionedProductDetail
  const listed = useApi(
    'servicecatalog.ListServiceActionsForProvisioningArtifact',
    {
      ProductId: product?.ProductId ?? '',
      ProvisioningArtifactId: product?.ProvisioningArtifactId ?? '',
      PageSize: 20,
    },
    { enabled: product !== undefined },
  )
  // Who may not read these gets a form without what they say; the server checks the values all the same.
  const definition = useApi('servicecatalog.DescribeServiceAction', { Id: actionId }).data?.ServiceActionDetail
    ?.Definition
  const document = useApi(
    'ssm.GetDocument',
    { Name: definition?.Name ?? '', DocumentVersion: definition?.Version ?? '1', DocumentFormat: 'JSON' },
    { enabled: definition?.Name !== undefined },
  )
  const content = useMemo(() => parsed(document.data?.Content), [document.data])
  const fields = useMemo(
    () =>
      (described.data?.ServiceActionParameters ?? []).map(each =>
        actionField(each, content?.parameters?.[each.Name ?? '']),
      ),
    [described.data, content],
  )
  const state = useFields(fields)
  const [isAsking, setAsking] = useState(false)
  const execute = useAct('servicecatalog.ExecuteProvisionedProductServiceAction')
  if (described.error) return <FailurePage error={described.error} title="The action cannot be run" />
  if (!described.data || !product) return <Waiting />
  const action = listed.data?.ServiceActionSummaries?.find(each => each.Id === actionId)
  const name = visible(action?.Name ?? actionId)
  const parameters = Object.fromEntries(
    state.changed.map(field => [field.name, field.isList ? linesOf(state.value(field)) : [state.value(field)]]),
  )
  const input = { ...ids, ...(Object.keys(parameters).length > 0 && { Parameters: parameters }) }
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={action?.Description && <Text>{action.Description}</Text>}>
        {name}
      </Header>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (state.check()) setAsking(true)
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button href={to('/provisioned-products', id)} formAction="none">
                Cancel
              </Button>
              <span data-run>
                <Button variant="primary" formAction="submit">
                  Run {name}
                </Button>
              </span>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">On</Header>}>
              <KeyValuePairs
                columns={3}
                items={[
                  {
                    label: 'Provisioned product',
                    value: <a href={to('/provisioned-products', id)}>{visible(product.Name ?? id)}</a>,
                  },
                  {
                    label: 'Acts as',
                    value: (
                      <Text>{definition ? roleText(definition.AssumeRole, product.LaunchRoleArn) : undefined}</Text>
                    ),
                  },
                  {
                    label: 'Document',
                    value: <Text>{definition && `${definition.Name}, version ${definition.Version}`}</Text>,
                  },
                ]}
              />
            </Container>
            {fields.length > 0 && (
              <Container header={<Header variant="h2">Parameters</Header>}>
                <Fields state={state} />
              </Container>
            )}
            {content?.mainSteps && (
              <Container header={<Header variant="h2">What it does</Header>}>
                <SpaceBetween size="s">
                  {content.description && <Text>{content.description}</Text>}
                  <ol className="numbered">
                    {content.mainSteps.map(step => (
                      <li key={step.name}>
                        {visible(step.name)} <Box variant="small">{visible(step.action)}</Box>
                      </li>
                    ))}
                  </ol>
                </SpaceBetween>
              </Container>
            )}
            <CopyAs service="servicecatalog" operation="ExecuteProvisionedProductServiceAction" input={input} />
          </SpaceBetween>
        </Form>
      </form>
      <Dialog
        visible={isAsking}
        header={`Run ${name} on ${visible(product.Name ?? id)}?`}
        close={() => setAsking(false)}
        cancel="Not yet"
        submit="Run"
        button={{
          loading: execute.isPending,
          onClick: () =>
            execute.mutate(input, {
              onSuccess: ({ RecordDetail }) => go(to('/records', RecordDetail?.RecordId ?? '')),
            }),
        }}
      >
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={1}
            items={[
              { label: 'Provisioned product', value: <Text>{`${product.Name} (${id})`}</Text> },
              ...(definition
                ? [{ label: 'Acts as', value: <Text>{roleText(definition.AssumeRole, product.LaunchRoleArn)}</Text> }]
                : []),
              ...fields.map(field => ({
                label: visible(field.name),
                value: <Text mono>{state.value(field) || 'nothing'}</Text>,
              })),
            ]}
          />
          {execute.error && <Failure error={execute.error} title="It was not run" />}
        </SpaceBetween>
      </Dialog>
    </SpaceBetween>
  )
}

function roleText(assumeRole: string | undefined, launchRole: string | undefined): string {
  if (assumeRole === undefined) return 'you'
  return assumeRole === 'LAUNCH_ROLE' ? `${nameOfArn(launchRole ?? '')} (the launch role)` : nameOfArn(assumeRole)
}

interface DocumentContent {
  readonly description?: string
  readonly parameters?: Readonly<Record<string, DocumentParameter>>
  readonly mainSteps?: readonly { readonly name: string; readonly action: string }[]
}

function parsed(content: string | undefined): DocumentContent | undefined {
  try {
    return content === undefined ? undefined : (JSON.parse(content) as DocumentContent)
  } catch {
    return undefined
  }
}
