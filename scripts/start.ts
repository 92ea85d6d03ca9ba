/** `npm start`: the server on ./bellhop-data with the example catalog loaded, to explore. Ctrl-C stops it. */
import { join } from 'node:path'
import { call } from './client.ts'
import { loadCatalog } from './example-catalog.ts'
import { readCredentials, root, startServerProcess } from './server-process.ts'

const data = join(root, 'bellhop-data')
const config = join(root, 'examples/web-service/bellhop.config.json')
const { child, url } = await startServerProcess(
  ['--data', data, '--config', config, ...process.argv.slice(2)],
  process.env,
  'inherit',
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.once('exit', code => process.exit(code ?? 1))

const target = { url, credentials: readCredentials(data) }
const text: string = await call(target, 'sts', 'GetCallerIdentity', {})
const arn = /<Arn>([^<]+)<\/Arn>/.exec(text)![1]!
const { productId, artifactId, actions } = await loadCatalog(
  (service, operation, input) => call(target, service, operation, input),
  arn,
)

process.stdout.write(`bellhop: listening on ${url}

The catalog holds the product "Web service". The console is at that address: sign in with the key in
${join(data, 'credentials')}. Or in another terminal:

  export AWS_SHARED_CREDENTIALS_FILE=${join(data, 'credentials')} AWS_PROFILE=bellhop AWS_REGION=us-east-1
  alias sc='aws --endpoint-url ${url} servicecatalog'       # the AWS CLI
  alias sc='node ${join(root, 'dist/bellhop.cjs')} --endpoint-url ${url} servicecatalog'   # or ours, after npm run build

  sc provision-product --product-id ${productId} --provisioning-artifact-id ${artifactId} --provisioned-product-name my-service
  sc describe-record --id rec-...          # until SUCCEEDED; its outputs hold Url and ApiKey
  sc execute-provisioned-product-service-action --provisioned-product-id pp-... --service-action-id ${actions['Restart']}
  sc describe-record --id rec-...

The actions: ${Object.entries(actions)
  .map(([name, id]) => `${name} ${id}`)
  .join(', ')}
`)
