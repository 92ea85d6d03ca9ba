import type { Action } from '../action.ts'
import { callAws, failed, failingAsStep, given, listOf } from './aws-step.ts'

const types = ['EC2', 'ManagedInstance', 'MaintenanceWindow', 'Parameter']

/** aws:createTags: tags resources of EC2, or of Systems Manager by their ResourceType. */
export const createTags: Action = {
  name: 'aws:createTags',
  inputs: { required: ['ResourceIds', 'Tags'], optional: ['ResourceType'] },
  start: call =>
    failingAsStep('Invocation', async () => {
      const { ResourceIds, ResourceType = 'EC2' } = call.inputs
      const ids = listOf(ResourceIds).flat()
      if (ids.length === 0) return failed('InputValidation', 'ResourceIds has no resource')
      if (!types.includes(String(ResourceType))) {
        return failed('InputValidation', `ResourceType must be one of ${types.join(', ')}`)
      }
      const tags = given(call.inputs, ['Tags'])
      if (ResourceType === 'EC2') await callAws(call, 'ec2', 'CreateTags', { Resources: ids, ...tags })
      else
        for (const ResourceId of ids)
          await callAws(call, 'ssm', 'AddTagsToResource', { ResourceType, ResourceId, ...tags })
      return { state: 'succeeded', response: {} }
    }),
}
