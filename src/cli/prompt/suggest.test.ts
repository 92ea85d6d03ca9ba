import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../model/services.ts'
import { operationSlice } from '../../model/slices.ts'
import type { CandidateSources } from '../completion/candidates.ts'
import { situationOf } from '../completion/situation.ts'
import { describeMember, describeOperation } from '../descriptions/index.ts'
import { kebabCase } from '../names.ts'
import { operationOptions, parametersOf } from '../parameters.ts'
import { resourcesAt } from './resources.ts'
import type { Suggestions } from './state.ts'
import { fitting, Suggester } from './suggest.ts'

const sources: CandidateSources = {
  profiles: () => ['default'],
  listFolder: () => ['a.json'],
  describeOperation,
  describeMember,
}

/** Answers by operation; what is not there fails as a service does. */
const answers: Readonly<Record<string, unknown>> = {
  'search-provisioned-products': {
    ProvisionedProducts: [
      { Id: 'pp-1', Name: 'web', Status: 'AVAILABLE' },
      { Id: 'pp-2', Name: 'db', Status: 'TAINTED' },
      { Name: 'no id' },
      'no item',
    ],
    NextPageToken: 'more',
  },
  'describe-provisioned-product': { ProvisionedProductDetail: { ProductId: 'prod-1', ProvisioningArtifactId: 'pa-1' } },
  'list-service-actions-for-provisioning-artifact': { ServiceActionSummaries: [{ Id: 'act-1', Name: 'Restart' }] },
  'list-service-actions': { ServiceActionSummaries: [{ Id: 'act-1' }, { Id: 'act-2' }] },
  'search-products': { ProductViewSummaries: [{ ProductId: 'prod-1', Name: 'Web' }] },
  'list-portfolios': {},
}

function suggester(): { suggest: Suggester; asked: string[] } {
  const asked: string[] = []
  const suggest = new Suggester('bellhop', sources, given => async words => {
    asked.push([...words, ...(given.has('region') ? [`@${given.get('region')}`] : [])].join(' '))
    const answer = answers[words[1]!]
    if (answer === undefined) throw new Error(`An error occurred (AccessDenied):\n no ${words[1]}`)
    return answer
  })
  return { suggest, asked }
}

async function settled(suggest: Suggester, line: string): Promise<Suggestions> {
  const { now, later } = suggest.at(line, line.length)
  return later ?? now
}

const texts = ({ candidates }: Suggestions) => candidates.map(({ text }) => text)

test('ids come from the service, with what they are, and are asked for once', async () => {
  const { suggest, asked } = suggester()
  const line = 'servicecatalog terminate-provisioned-product --provisioned-product-id '
  assert.match(suggest.at(line, line.length).now.note!, /^Asking for provisioned products/)
  const found = await settled(suggest, line)
  assert.deepEqual(found.candidates, [
    { text: 'pp-1', description: 'web · AVAILABLE' },
    { text: 'pp-2', description: 'db · TAINTED' },
  ])
  assert.match(found.note!, /more provisioned products/)
  // By id and by name, without another call.
  assert.deepEqual(texts(await settled(suggest, `${line}pp-2`)), [])
  assert.deepEqual(texts(await settled(suggest, `${line}db`)), ['pp-2'])
  assert.deepEqual(texts(await settled(suggest, `${line.trimEnd()}=pp`)), [
    '--provisioned-product-id=pp-1',
    '--provisioned-product-id=pp-2',
  ])
  assert.deepEqual(asked, ['servicecatalog search-provisioned-products --page-size 100'])
  // Another region is another question.
  await settled(suggest, `--region us-east-1 ${line}`)
  assert.equal(asked.at(-1), 'servicecatalog search-provisioned-products --page-size 100 @us-east-1')
})

test('the actions are those of the chosen product, wherever it stands in the line', async () => {
  const { suggest, asked } = suggester()
  const line =
    'servicecatalog execute-provisioned-product-service-action --provisioned-product-id pp-1 --service-action-id '
  assert.deepEqual(texts(await settled(suggest, line)), ['act-1'])
  assert.deepEqual(asked, [
    'servicecatalog describe-provisioned-product --id=pp-1',
    'servicecatalog list-service-actions-for-provisioning-artifact --product-id=prod-1 --provisioning-artifact-id=pa-1 --max-items 200',
  ])
  const early = 'servicecatalog execute-provisioned-product-service-action --service-action-id '
  assert.deepEqual(texts(await settled(suggest, early)), ['act-1', 'act-2'])
  const { later, now } = suggest.at(`${early} --provisioned-product-id pp-1`, early.length)
  assert.deepEqual(texts((await later) ?? now), ['act-1'])
})

test('the next call is tried where one is denied; when all fail, the first reason is told', async () => {
  const { suggest, asked } = suggester()
  const line = 'servicecatalog associate-product-with-portfolio --product-id '
  assert.deepEqual(texts(await settled(suggest, line)), ['prod-1'])
  assert.equal(asked.length, 2)
  const failed = await settled(suggest, 'servicecatalog describe-record --id ')
  assert.deepEqual(failed.candidates, [])
  assert.equal(failed.note, 'No list of records: An error occurred (AccessDenied): no list-record-history')
})

test('what has to be given first is said, and that there is nothing', async () => {
  const { suggest, asked } = suggester()
  const path = await settled(suggest, 'servicecatalog provision-product --path-id ')
  assert.equal(path.note, 'Give --product-id first, to choose from launch paths.')
  assert.deepEqual(asked, [])
  const none = await settled(suggest, 'servicecatalog describe-portfolio --id ')
  assert.equal(none.note, 'There are no portfolios to choose from.')
})

test('a file can be named where a list would be offered', async () => {
  const { suggest, asked } = suggester()
  assert.deepEqual(texts(await settled(suggest, 'servicecatalog describe-record --id file://')), ['file://a.json'])
  assert.deepEqual(asked, [])
})

test('help follows what is typed', async () => {
  const { suggest } = suggester()
  const help = async (line: string) => (await settled(suggest, line)).help.join('\n')
  assert.match(await help('servicecatalog '), /^servicecatalog\nPortfolios/)
  assert.match(await help('servicecatalog describe-record '), /^describe-record\n.+\nStill required: --id$/)
  assert.doesNotMatch(await help('servicecatalog describe-record --id x '), /Still required/)
  assert.match(await help('servicecatalog describe-record --id'), /^--id \(string\) \[required\]\nId of the record/)
  assert.match(await help('servicecatalog create-product --product-type '), /\nValues: CLOUD_FORMATION_TEMPLATE,/)
  assert.match(await help('servicecatalog describe-record --output '), /^--output\nHow the answer is printed/)
})

test('a waiter offers what it waits for', async () => {
  const { suggest, asked } = suggester()
  assert.deepEqual(texts(await settled(suggest, 'servicecatalog wait ')), [
    'record-succeeded',
    'provisioned-product-available',
  ])
  const found = await settled(suggest, 'servicecatalog wait provisioned-product-available --id ')
  assert.deepEqual(texts(found), ['pp-1', 'pp-2'])
  assert.match(found.help.join(' '), /^--id Id of the record or provisioned product/)
  await settled(suggest, 'servicecatalog wait record-succeeded --id ')
  assert.match(asked.at(-1)!, /^servicecatalog list-record-history/)
})

test('a prompt does not offer itself', async () => {
  const { suggest } = suggester()
  const offered = texts(await settled(suggest, 'servicecatalog describe-record --'))
  assert.ok(offered.includes('--no-cli-pager'))
  assert.deepEqual(
    offered.filter(text => /auto-prompt|version/.test(text)),
    [],
  )
})

test('what starts with the letters comes before what holds them, and that before what has them strewn', () => {
  const all = ['list-portfolios', 'describe-portfolio', 'portfolio', 'xyz'].map(text => ({ text }))
  const found = (typed: string) => fitting(all, typed, false).map(({ text }) => text)
  assert.deepEqual(found('port'), ['portfolio', 'list-portfolios', 'describe-portfolio'])
  assert.deepEqual(found('DPORT'), ['describe-portfolio'])
  assert.deepEqual(found('lsprt'), ['list-portfolios'])
  assert.deepEqual(found('nope!'), [])
})

test('every call of the table is an operation that takes those options', async () => {
  const seen = new Set<string>()
  const wrong: string[] = []
  for (const service of ['servicecatalog', 'ssm'] as const) {
    const model = services[service]
    for (const operation of Object.keys(model.operations)) {
      const slice = operationSlice(service, operation)
      for (const { name } of parametersOf(slice.model, slice.operation)) {
        const every = parametersOf(slice.model, slice.operation)
        for (const given of [every, every.filter(parameter => parameter.name === name)]) {
          const words = [service, kebabCase(operation), ...given.flatMap(other => [`--${other.name}=v`])]
          const query = resourcesAt(situationOf([...words, `--${name}`], '', 'bellhop'))
          if (query === undefined || query.missing.length > 0) continue
          await query
            .list(async ([, called, ...rest]) => {
              seen.add(`${called} ${rest.map(word => word.split('=')[0]).join(' ')}`)
              wrong.push(...unknownWords(service, called!, rest))
              return called === 'describe-provisioned-product' ? answers[called] : Promise.reject(new Error('next'))
            })
            .catch(() => {})
        }
      }
    }
  }
  assert.deepEqual(wrong, [])
  assert.ok(seen.size >= 15, [...seen].join('\n'))
})

/** The operation or the options that the model does not have. */
function unknownWords(service: 'servicecatalog' | 'ssm', called: string, words: readonly string[]): string[] {
  const name = Object.keys(services[service].operations).find(operation => kebabCase(operation) === called)
  if (name === undefined) return [called]
  const { model, operation, paginator } = operationSlice(service, name)
  const flags = new Set(operationOptions(parametersOf(model, operation), paginator, true).map(({ flag }) => flag))
  return words.filter(word => word.startsWith('--') && !flags.has(word.split('=')[0]!)).map(word => `${called} ${word}`)
}

test('the members that the table reads are in the answers of the model', async () => {
  const lines: readonly (readonly [line: string, call: string])[] = [
    ['servicecatalog terminate-provisioned-product --provisioned-product-id ', 'SearchProvisionedProducts'],
    ['servicecatalog terminate-provisioned-product --provisioned-product-name ', 'SearchProvisionedProducts'],
    ['servicecatalog describe-service-action --id ', 'ListServiceActions'],
    [
      'servicecatalog disassociate-service-action-from-provisioning-artifact --product-id p --provisioning-artifact-id a --service-action-id ',
      'ListServiceActionsForProvisioningArtifact',
    ],
    ['servicecatalog provision-product --product-id ', 'SearchProducts'],
    ['servicecatalog describe-product-view --id ', 'SearchProducts'],
    ['servicecatalog update-product --id ', 'SearchProductsAsAdmin'],
    ['servicecatalog provision-product --product-id p --provisioning-artifact-id ', 'ListProvisioningArtifacts'],
    ['servicecatalog provision-product --product-name p --provisioning-artifact-id ', 'DescribeProduct'],
    ['servicecatalog provision-product --product-id p --path-id ', 'ListLaunchPaths'],
    ['servicecatalog list-portfolio-access --portfolio-id ', 'ListPortfolios'],
    ['servicecatalog describe-record --id ', 'ListRecordHistory'],
    ['servicecatalog execute-provisioned-product-plan --plan-id ', 'ListProvisionedProductPlans'],
    ['servicecatalog update-tag-option --id ', 'ListTagOptions'],
    ['ssm get-automation-execution --automation-execution-id ', 'DescribeAutomationExecutions'],
    ['ssm get-document --name ', 'ListDocuments'],
  ]
  for (const [line, wanted] of lines) {
    const calls: string[] = []
    const suggest = new Suggester('bellhop', sources, () => async ([service, called]) => {
      calls.push(called!)
      const model = services[service as 'ssm']
      const name = Object.keys(model.operations).find(operation => kebabCase(operation) === called)!
      // An answer in which every text is the name of its member.
      const { outputSkeleton } = await import('../skeleton.ts')
      const { toPlain } = await import('../values.ts')
      return toPlain(outputSkeleton(model.operations[name]!.output, model.shapes))
    })
    const { candidates } = await settled(suggest, line)
    assert.deepEqual(calls, [kebabCase(wanted)], line)
    assert.equal(candidates.length, 1, line)
    assert.match(candidates[0]!.text, /Id$|Name$/, line)
    assert.notEqual(candidates[0]!.description, '', line)
  }
})
