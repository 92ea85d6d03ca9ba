import type { Engine } from '../engine.ts'
import type { SendMessage } from '../external/pull.ts'
import type { SqsOptions } from '../external/sqs.ts'
import { moduleEngine } from '../terraform/engine.ts'
import { type CloudOptions, CloudRunner } from './api.ts'
import type { TerraformCloudEnginesConfig } from './config.ts'

export interface TerraformCloudOptions extends CloudOptions, SqsOptions {
  readonly config: TerraformCloudEnginesConfig
  readonly sendMessage: SendMessage
}

/** Products of type TERRAFORM_CLOUD. */
export function terraformCloudEngine(options: TerraformCloudOptions): Engine {
  return moduleEngine({
    ...options,
    configured: new Map(Object.entries(options.config)),
    setting: '`terraformCloud` in the configuration',
    family: 'TerraformCloud',
    runner: new CloudRunner(options),
  })
}
