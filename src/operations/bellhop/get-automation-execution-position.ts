import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import type { Operation } from '../operation.ts'
import { findAutomation } from '../ssm/automation-view.ts'
import { positionOf } from './position.ts'

/** Where an automation execution stands in its line. */
export const getAutomationExecutionPosition: Operation<
  BellhopOperations['GetAutomationExecutionPosition'],
  'storage' | 'limits'
> = async ({ AutomationExecutionId }, caller, services) =>
  positionOf(await findAutomation(services.storage, caller, AutomationExecutionId), services)
