import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { call } from '../api/client.ts'
import { useDo } from '../api/use-api.ts'
import { Failure } from '../parts/failure.tsx'
import { Fields, useFields } from '../parts/fields.tsx'
import { usePortfolioPicks } from '../parts/picks.ts'
import { useVersionForm, VersionForm } from '../parts/version-form.tsx'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'
import { type ProductType, productTypes } from '../words/version.ts'

const fields = [
  formField('Name'),
  formField('Owner', { description: 'Who publishes it: a team, or a person.' }),
  formField('Description', { isRequired: false }),
  formField('SupportEmail', { label: 'E-mail for support', isRequired: false }),
  formField('SupportUrl', { label: 'Page for support', isRequired: false }),
]

/** The form that makes a product with its first version, and puts it into a portfolio. */
export default function NewProduct() {
  const [type, setType] = useState<ProductType>('EXTERNAL')
  const [engine, setEngine] = useState('')
  const [portfolioId, setPortfolio] = useState('')
  const portfolios = usePortfolioPicks()
  const state = useFields(fields)
  const version = useVersionForm()
  const create = useDo(async () => {
    const [Name, Owner, ...rest] = fields.map(field => state.value(field))
    const more = Object.fromEntries(fields.slice(2).flatMap(({ name }, at) => (rest[at] ? [[name, rest[at]]] : [])))
    const { ProductViewDetail } = await call('servicecatalog.CreateProduct', {
      Name: Name!,
      Owner: Owner!,
      ...more,
      ProductType: type,
      ...(type === 'EXTERNAL' && engine && { Tags: [{ Key: 'bellhop:engine', Value: engine }] }),
      ProvisioningArtifactParameters: await version.version(type),
    })
    const id = ProductViewDetail?.ProductViewSummary?.ProductId ?? ''
    if (portfolioId !== '') {
      await call('servicecatalog.AssociateProductWithPortfolio', { ProductId: id, PortfolioId: portfolioId })
    }
    return id
  })
  const typeOptions = Object.entries(productTypes).map(([value, label]) => ({ value, label }))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        // Both, so that each shows what it lacks.
        const isWell = [state.check(), version.check()].every(Boolean)
        if (isWell && !create.isPending) create.mutate(undefined, { onSuccess: id => go(to('/admin/products', id)) })
      }}
    >
      <Form
        header={<Header variant="h1">Create product</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href="#/admin/products" formAction="none">
              Cancel
            </Button>
            <Button variant="primary" formAction="submit" loading={create.isPending}>
              Create product
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Product</Header>}>
            <SpaceBetween size="m">
              <Fields state={state} />
              <FormField label="Type" description="Which engine provisions it.">
                <Select
                  options={typeOptions}
                  selectedOption={typeOptions.find(({ value }) => value === type) ?? null}
                  onChange={({ detail }) => setType(detail.selectedOption.value as ProductType)}
                />
              </FormField>
              {type === 'EXTERNAL' && (
                <FormField
                  label="Engine"
                  description="The name that the server's configuration gives it; it is kept as the tag bellhop:engine."
                  constraintText="Optional where the server has one engine for all."
                >
                  <Input value={engine} onChange={({ detail }) => setEngine(detail.value)} />
                </FormField>
              )}
              <FormField label="Portfolio" constraintText="Optional. Nobody can launch it before it is in one.">
                <Select
                  options={[
                    { value: '', label: 'None yet' },
                    ...portfolios.options.map(value => ({
                      value,
                      label: visible(portfolios.optionLabels[value] ?? value),
                    })),
                  ]}
                  selectedOption={{
                    value: portfolioId,
                    label: portfolioId ? visible(portfolios.optionLabels[portfolioId] ?? portfolioId) : 'None yet',
                  }}
                  onChange={({ detail }) => setPortfolio(detail.selectedOption.value ?? '')}
                />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Its first version</Header>}>
            <VersionForm form={version} />
          </Container>
          {create.error && <Failure error={create.error} title="The product was not created" />}
        </SpaceBetween>
      </Form>
    </form>
  )
}
