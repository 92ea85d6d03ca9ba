import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { call } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { FailurePage } from '../parts/failure.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { PortfolioConstraints } from '../parts/portfolio/constraints.tsx'
import { PortfolioPrincipals } from '../parts/portfolio/principals.tsx'
import { PortfolioProducts } from '../parts/portfolio/products.tsx'
import { PortfolioShares } from '../parts/portfolio/shares.tsx'
import { TabSet } from '../parts/tab-set.tsx'
import { TagOptionsOf } from '../parts/tag-options-of.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { Text, Time } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { go } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'
import { portfolioFields } from './portfolios.tsx'

/** One portfolio: its products, constraints, principals, shares and tag options. */
export default function Portfolio({ id }: ViewProps) {
  const { data, error } = useApi('servicecatalog.DescribePortfolio', { Id: id })
  if (error) return <FailurePage error={error} title="The portfolio cannot be shown" />
  const portfolio = data?.PortfolioDetail
  if (!portfolio) return <Waiting />
  const name = portfolio.DisplayName ?? id
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton
              label="Delete"
              title={`Delete ${visible(name)}?`}
              run={() => call('servicecatalog.DeletePortfolio', { Id: id })}
              done={`${name} was deleted.`}
              then={() => go('/portfolios')}
            >
              A portfolio that still has products, principals, constraints or shares cannot be deleted.
            </ConfirmButton>
            <FormButton
              label="Edit"
              title={`Edit ${visible(name)}`}
              submit="Save"
              done="Saved."
              fields={portfolioFields(portfolio)}
              run={values => call('servicecatalog.UpdatePortfolio', { Id: id, ...values })}
            />
          </SpaceBetween>
        }
      >
        {visible(name)}
      </Header>
      <Container>
        <SpaceBetween size="m">
          {portfolio.Description && <Text>{portfolio.Description}</Text>}
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'Provider', value: <Text>{portfolio.ProviderName}</Text> },
              { label: 'Created', value: <Time of={portfolio.CreatedTime} /> },
              { label: 'Id', value: <Text>{id}</Text> },
              { label: 'ARN', value: <Text>{portfolio.ARN}</Text> },
            ]}
          />
        </SpaceBetween>
      </Container>
      <TabSet
        label="Of the portfolio"
        tabs={[
          { id: 'products', label: 'Products', content: <PortfolioProducts id={id} /> },
          { id: 'principals', label: 'Access', content: <PortfolioPrincipals id={id} /> },
          { id: 'constraints', label: 'Constraints', content: <PortfolioConstraints id={id} /> },
          { id: 'shares', label: 'Shares', content: <PortfolioShares id={id} /> },
          {
            id: 'tag-options',
            label: 'Tag options',
            content: <TagOptionsOf resourceId={id} tagOptions={data.TagOptions ?? []} />,
          },
        ]}
      />
    </SpaceBetween>
  )
}
