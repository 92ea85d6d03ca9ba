import type { Action } from '../action.ts'
import { approve } from './approve.ts'
import { branch } from './branch.ts'
import { executeScript } from './execute-script.ts'
import { invokeEngine } from './invoke-engine.ts'
import { loop } from './loop.ts'
import { pause } from './pause.ts'
import { runEngine } from './run-engine.ts'
import { sleep } from './sleep.ts'
import { updateVariable } from './update-variable.ts'

/** All actions that a step can name. A new action is a file of its own and a row here. */
export const actions: ReadonlyMap<string, Action> = new Map(
  [approve, branch, executeScript, loop, pause, sleep, updateVariable, invokeEngine, runEngine].map(action => [
    action.name,
    action,
  ]),
)
