import type { Engine } from '../engine.ts'
import type { SendMessage } from '../external/pull.ts'
import type { SqsOptions } from '../external/sqs.ts'
import { moduleEngine } from '../terraform/engine.ts'
import { type BuiltInOptions, BuiltInRunner } from './built-in.ts'
import { defaultTerraform, type TerraformEnginesConfig } from './config.ts'

export interface TerraformOptions extends BuiltInOptions, SqsOptions {
  readonly config: TerraformEnginesConfig
  readonly sendMessage: SendMessage
}

/** Products of type TERRAFORM_OPEN_SOURCE. */
export function terraformEngine(options: TerraformOptions): Engine {
  return moduleEngine({
    ...options,
    configured: new Map(Object.entries({ default: defaultTerraform, ...options.config })),
    setting: '`terraform` in the configuration',
    family: 'TerraformOS',
    runner: new BuiltInRunner(options),
  })
}
