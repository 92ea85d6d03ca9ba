import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useAct, useAll, useApi, usePages } from '../api/use-api.ts'
import { CopyAs } from '../parts/copy-as.tsx'
import { Failure } from '../parts/failure.tsx'
import { notify } from '../parts/notices.tsx'
import { useDocumentPicks, useRolePicks } from '../parts/picks.ts'
import { Text } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { go, useLocation } from '../routing/use-location.ts'
import { type ActsAs, type Asked, askedAtFirst, definitionOf } from '../words/service-action.ts'
import { visible } from '../words/text.ts'
import { versionsOf } from './documents.tsx'

/** The form that makes a service action of a document. The document chosen is in the address. */
export default function NewServiceAction() {
  const { query, setQuery } = useLocation()
  const document = query['document'] ?? ''
  const documents = useDocumentPicks()
  const roles = useRolePicks()
  const isChosen = document !== ''
  const versions = useAll(
    usePages('ssm.ListDocumentVersions', { Name: document, MaxResults: 50 }, { rows: versionsOf, enabled: isChosen }),
  )
  const version = query['version'] || versions.find(each => each.IsDefaultVersion)?.DocumentVersion || '1'
  const described = useApi('ssm.DescribeDocument', { Name: document, DocumentVersion: version }, { enabled: isChosen })
  const found = isChosen && described.data?.Document?.Name === document ? described.data.Document : undefined
  const parameters = found?.Parameters ?? []
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [actsAs, setActsAs] = useState<ActsAs>('launch-role')
  const [roleArn, setRoleArn] = useState('')
  const [chosen, setChosen] = useState<Readonly<Record<string, Asked>>>({})
  const [isTried, setTried] = useState(false)
  const asked = Object.fromEntries(
    parameters.map(({ Name = '' }) => [Name, chosen[Name] ?? askedAtFirst(Name)] as const),
  )
  const create = useAct('servicecatalog.CreateServiceAction')
  const input = {
    Name: name,
    DefinitionType: 'SSM_AUTOMATION' as const,
    Definition: definitionOf({ document, version, actsAs, roleArn, asked }),
    ...(description && { Description: description }),
  }
  const isMisnamed = !/^[\w.-]*$/.test(name)
  const needsRole = actsAs === 'role' && roleArn === ''
  const lacks = (isMissing: boolean) => (isTried && isMissing ? 'A value is needed.' : undefined)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        setTried(true)
        if (name === '' || isMisnamed || !isChosen || needsRole || create.isPending) return
        create.mutate(input, {
          onSuccess: ({ ServiceActionDetail }) => {
            notify('success', `${name} was created. Associate it with a version, so that it is offered.`)
            go(to('/service-actions', ServiceActionDetail?.ServiceActionSummary?.Id ?? ''))
          },
        })
      }}
    >
      <Form
        header={<Header variant="h1">Create service action</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href="#/service-actions" formAction="none">
              Cancel
            </Button>
            <Button variant="primary" formAction="submit" loading={create.isPending}>
              Create service action
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">What requesters see</Header>}>
            <SpaceBetween size="m">
              <FormField
                label="Name"
                description="The text of its button."
                constraintText="Letters, digits, - _ and dots."
                errorText={isMisnamed ? 'Only letters, digits, - _ and dots.' : lacks(name === '')}
              >
                <Input value={name} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
              <FormField label="Description" constraintText="Optional. What it does, and when one would run it.">
                <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">What it runs</Header>}>
            <SpaceBetween size="m">
              <FormField label="Document" errorText={lacks(!isChosen)}>
                <Select
                  options={documents.options.map(value => ({ value, label: visible(value) }))}
                  selectedOption={isChosen ? { value: document, label: visible(document) } : null}
                  placeholder="Choose a document"
                  filteringType="auto"
                  empty="There is no document."
                  onChange={({ detail }) => {
                    setChosen({})
                    setQuery({ document: detail.selectedOption.value ?? '', version: '' })
                  }}
                />
              </FormField>
              {isChosen && (
                <FormField label="Version" constraintText="The action keeps this version until it is changed.">
                  <Select
                    options={versions.map(each => ({
                      value: each.DocumentVersion ?? '',
                      label: `${each.DocumentVersion}${each.IsDefaultVersion ? ' (default)' : ''}`,
                      description: each.VersionName && visible(each.VersionName),
                    }))}
                    selectedOption={{ value: version, label: version }}
                    onChange={({ detail }) => setQuery({ version: detail.selectedOption.value ?? '' })}
                  />
                </FormField>
              )}
              {described.error && <Failure error={described.error} title="The document cannot be read" />}
              {found?.Description && <Text>{found.Description}</Text>}
            </SpaceBetween>
          </Container>
          {found && (
            <Container
              header={
                <Header
                  variant="h2"
                  description={
                    found.TargetType
                      ? `The document is about resources of the type ${visible(found.TargetType)}.`
                      : 'The document has no target type: a target can only be filled in where all resources of the product are of one type.'
                  }
                >
                  Parameters
                </Header>
              }
            >
              {parameters.length === 0 ? (
                <Box color="text-body-secondary">The document has no parameters.</Box>
              ) : (
                <SpaceBetween size="m">
                  {parameters.map(({ Name = '', Type, Description, DefaultValue }) => (
                    <FormField
                      key={Name}
                      label={visible(Name)}
                      description={Description && <Text>{Description}</Text>}
                      constraintText={`${Type}${DefaultValue === undefined ? ', must be given' : `, ${visible(DefaultValue.slice(0, 100)) || 'empty'} by default`}`}
                      warningText={
                        asked[Name] === 'no' && DefaultValue === undefined
                          ? 'Without a value the document cannot run.'
                          : undefined
                      }
                    >
                      <Select
                        options={askedOptions}
                        selectedOption={askedOptions.find(({ value }) => value === asked[Name]) ?? null}
                        onChange={({ detail }) =>
                          setChosen(now => ({ ...now, [Name]: detail.selectedOption.value as Asked }))
                        }
                      />
                    </FormField>
                  ))}
                </SpaceBetween>
              )}
            </Container>
          )}
          <Container header={<Header variant="h2">As whom it acts</Header>}>
            <SpaceBetween size="m">
              <RadioGroup
                ariaLabel="As whom it acts"
                value={actsAs}
                onChange={({ detail }) => setActsAs(detail.value as ActsAs)}
                items={actsAsItems}
              />
              {actsAs === 'role' && (
                <FormField label="Role" errorText={lacks(needsRole)}>
                  {roles.options.length > 0 ? (
                    <Select
                      options={roles.options.map(value => ({
                        value,
                        label: visible(roles.optionLabels[value] ?? value),
                        description: visible(value),
                      }))}
                      selectedOption={
                        roleArn ? { value: roleArn, label: visible(roles.optionLabels[roleArn] ?? roleArn) } : null
                      }
                      placeholder="Choose a role"
                      filteringType="auto"
                      onChange={({ detail }) => setRoleArn(detail.selectedOption.value ?? '')}
                    />
                  ) : (
                    <Input
                      value={roleArn}
                      placeholder="arn:aws:iam::123456789012:role/name"
                      onChange={({ detail }) => setRoleArn(detail.value)}
                    />
                  )}
                </FormField>
              )}
            </SpaceBetween>
          </Container>
          {create.error && <Failure error={create.error} title="The action was not created" />}
          <CopyAs service="servicecatalog" operation="CreateServiceAction" input={input} />
        </SpaceBetween>
      </Form>
    </form>
  )
}

const askedOptions = [
  { value: 'TEXT_VALUE', label: 'Asked for', description: 'Whoever runs it types a value, or takes the default' },
  { value: 'TARGET', label: "The product's own resource", description: 'Filled in from what the product is made of' },
  { value: 'no', label: 'Not asked for', description: "The document's default" },
]

const actsAsItems = [
  { value: 'launch-role', label: 'The launch role', description: 'The role that the product is launched with' },
  { value: 'role', label: 'A role of its own', description: 'You must be allowed to pass it' },
  { value: 'caller', label: 'Whoever runs it', description: 'They need the permissions for every step' },
]
