import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A document in our own words under a name that AWS gives to one of its own, with the parameters AWS's has. */
export interface ReadyMadeDocument {
  readonly name: string
  /** YAML. */
  readonly content: string
  /** The kind of resource that a TARGET parameter of it means. */
  readonly targetType?: string
}

/** One file a document. The build lays the folder beside the bundle, where `import.meta.dirname` points then. */
const folder = join(import.meta.dirname, 'documents')

const instance = '/AWS::EC2::Instance'
const database = '/AWS::RDS::DBInstance'

const targetTypes: Readonly<Record<string, string>> = {
  'AWS-AttachEBSVolume': instance,
  'AWS-CreateImage': instance,
  'AWS-CreateRdsSnapshot': database,
  'AWS-CreateSnapshot': '/AWS::EC2::Volume',
  'AWS-DetachEBSVolume': '/AWS::EC2::Volume',
  'AWS-PublishSNSNotification': '/AWS::SNS::Topic',
  'AWS-RebootRdsInstance': database,
  'AWS-ResizeInstance': instance,
  'AWS-RestartEC2Instance': instance,
  'AWS-StartEC2Instance': instance,
  'AWS-StartRdsInstance': database,
  'AWS-StopEC2Instance': instance,
  'AWS-StopRdsInstance': database,
}

/** All of them, by name; none where the folder was not brought along. */
export function readReadyMadeDocuments(): ReadyMadeDocument[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .sort()
    .map(file => {
      const name = file.slice(0, -'.yaml'.length)
      return { name, content: readFileSync(join(folder, file), 'utf8'), targetType: targetTypes[name] }
    })
}
