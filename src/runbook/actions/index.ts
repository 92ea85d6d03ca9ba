import type { Action } from '../action.ts'
import { approve } from './approve.ts'
import { assertAwsResourceProperty } from './assert-aws-resource-property.ts'
import { branch } from './branch.ts'
import { changeInstanceState } from './change-instance-state.ts'
import { copyImage } from './copy-image.ts'
import { createImage } from './create-image.ts'
import { createStack } from './create-stack.ts'
import { createTags } from './create-tags.ts'
import { deleteImage } from './delete-image.ts'
import { deleteStack } from './delete-stack.ts'
import { executeAutomation } from './execute-automation.ts'
import { executeAwsApi } from './execute-aws-api.ts'
import { executeScript } from './execute-script.ts'
import { executeStateMachine } from './execute-state-machine.ts'
import { invokeEngine } from './invoke-engine.ts'
import { invokeLambdaFunction } from './invoke-lambda-function.ts'
import { invokeWebhook } from './invoke-webhook.ts'
import { loop } from './loop.ts'
import { pause } from './pause.ts'
import { runCommand } from './run-command.ts'
import { runEngine } from './run-engine.ts'
import { runInstances } from './run-instances.ts'
import { sleep } from './sleep.ts'
import { updateVariable } from './update-variable.ts'
import { waitForAwsResourceProperty } from './wait-for-aws-resource-property.ts'

/** All actions that a step can name. A new action is a file of its own and a row here. */
export const actions: ReadonlyMap<string, Action> = new Map(
  [
    approve,
    assertAwsResourceProperty,
    branch,
    changeInstanceState,
    copyImage,
    createImage,
    createStack,
    createTags,
    deleteImage,
    deleteStack,
    executeAutomation,
    executeAwsApi,
    executeScript,
    executeStateMachine,
    invokeLambdaFunction,
    invokeWebhook,
    loop,
    pause,
    runCommand,
    runInstances,
    sleep,
    updateVariable,
    waitForAwsResourceProperty,
    invokeEngine,
    runEngine,
  ].map(action => [action.name, action]),
)
