import { gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import type { EngineRequest } from '../engine.ts'
import type { ArchiveFile } from '../terraform/archive.ts'
import type { TerraformModule } from '../terraform/module.ts'
import { awsProviders, overrideFile, overrides, resourceTags } from '../terraform/overrides.ts'
import type { CloudClient, Resource } from './client.ts'
import type { CloudConfig } from './config.ts'

/** As the official engine names it: one workspace for each provisioned product. */
export function workspaceName({ accountId, provisionedProductId }: EngineRequest): string {
  return `${accountId}-${provisionedProductId}`
}

export function findWorkspace(client: CloudClient, request: EngineRequest): Promise<Resource | undefined> {
  return client.find(`/organizations/${client.organization}/workspaces/${workspaceName(request)}`)
}

/** The product's workspace, in the project of its product; both are made when they are not there. */
export async function ensureWorkspace(
  client: CloudClient,
  { terraformVersion }: CloudConfig,
  request: EngineRequest,
): Promise<Resource> {
  const attributes = {
    name: workspaceName(request),
    description: `Provisioned product ${request.provisionedProductName}`,
    'execution-mode': 'remote',
    'auto-apply': false,
    ...(terraformVersion === undefined ? {} : { 'terraform-version': terraformVersion }),
  }
  const found = await findWorkspace(client, request)
  if (found) {
    if (terraformVersion === undefined || found.attributes['terraform-version'] === terraformVersion) return found
    return client.patch(`/workspaces/${found.id}`, { type: 'workspaces', attributes })
  }
  const project = await ensureProject(client, request.productId)
  return client.post(`/organizations/${client.organization}/workspaces`, {
    type: 'workspaces',
    attributes,
    relationships: { project: { data: { type: 'projects', id: project.id } } },
  })
}

async function ensureProject(client: CloudClient, name: string): Promise<Resource> {
  const path = `/organizations/${client.organization}/projects`
  const find = async () =>
    (await client.list(`${path}?filter[names]=${name}`)).find(project => project.attributes['name'] === name)
  const found = await find()
  if (found) return found
  try {
    return await client.post(path, { type: 'projects', attributes: { name } })
  } catch (error) {
    // Another provision of the same product was quicker.
    const made = await find()
    if (made) return made
    throw error
  }
}

interface Variable {
  readonly key: string
  readonly value: string
  readonly category: 'terraform' | 'env'
  readonly sensitive: boolean
}

/** Environment variables that are ours to set and to remove; others are an operator's. */
const roleVariables = ['TFC_AWS_PROVIDER_AUTH', 'TFC_AWS_RUN_ROLE_ARN']

/**
 * Makes the workspace's variables what the product's parameters say, and lets its runs be the launch role, by the workload
 * identity of HCP Terraform. Variables of the module that are not wanted are removed.
 */
export async function setVariables(
  client: CloudClient,
  workspaceId: string,
  module: TerraformModule,
  parameters: Readonly<Record<string, string>>,
  launchRoleArn: string | undefined,
): Promise<void> {
  const wanted: Variable[] = module.variables.flatMap(({ name, hasDefault, default: value, isSensitive }) => {
    const given = parameters[name]
    // An empty text stands for a default that is null.
    if (given === undefined || (given === '' && hasDefault && value === null)) return []
    return [{ key: name, value: given, category: 'terraform', sensitive: isSensitive } as const]
  })
  if (launchRoleArn !== undefined) {
    const env = { category: 'env', sensitive: false } as const
    wanted.push(
      { key: roleVariables[0]!, value: 'true', ...env },
      { key: roleVariables[1]!, value: launchRoleArn, ...env },
    )
  }
  const path = `/workspaces/${workspaceId}/vars`
  const there = await client.list(path)
  for (const variable of wanted) {
    const data = { type: 'vars', attributes: { ...variable, hcl: false } }
    const same = there.filter(
      ({ attributes }) => attributes['key'] === variable.key && attributes['category'] === variable.category,
    )
    // A sensitive one cannot be made an ordinary one, only another.
    const [kept] = same.filter(({ attributes }) => attributes['sensitive'] === variable.sensitive)
    for (const old of same) if (old !== kept) await client.delete(`${path}/${old.id}`)
    if (kept) await client.patch(`${path}/${kept.id}`, { ...data, id: kept.id })
    else await client.post(path, data)
  }
  for (const { id, attributes } of there) {
    const { key, category } = attributes
    const isOurs = category === 'terraform' || roleVariables.includes(String(key))
    if (isOurs && !wanted.some(variable => variable.key === key && variable.category === category)) {
      await client.delete(`${path}/${id}`)
    }
  }
}

/** Hands over the module, with AWS's provider as the product has it; answers the configuration version. */
export async function uploadModule(
  client: CloudClient,
  workspaceId: string,
  files: readonly ArchiveFile[],
  module: TerraformModule,
  request: EngineRequest,
  speculative: boolean,
): Promise<Resource> {
  const version = await client.post(`/workspaces/${workspaceId}/configuration-versions`, {
    type: 'configuration-versions',
    attributes: { 'auto-queue-runs': false, speculative },
  })
  const url = version.attributes['upload-url']
  await client.upload(String(url), await packed(files, module, request))
  return version
}

async function packed(files: readonly ArchiveFile[], module: TerraformModule, request: EngineRequest): Promise<Buffer> {
  const aws = awsProviders(module, {
    region: request.region,
    // The runs are the launch role already.
    launchRoleArn: undefined,
    sessionName: request.provisionedProductId,
    tags: resourceTags(request),
  })
  const override = { path: overrideFile, contents: Buffer.from(overrides(undefined, aws)), isExecutable: false }
  const entries = aws.length > 0 ? [...files.filter(({ path }) => path !== overrideFile), override] : files
  const tar = await packTar(
    entries.map(({ path, contents, isExecutable }) => ({
      header: { name: path, size: contents.length, mode: isExecutable ? 0o755 : 0o644, mtime: new Date(0) },
      body: contents,
    })),
  )
  return gzipSync(tar)
}
