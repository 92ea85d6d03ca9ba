import { AwsApiError } from '../../aws/api.ts'
import type { Action, ActionCall } from '../action.ts'
import { type Answer, callAws, failingAsStep, given } from './aws-step.ts'
import { type ImageHandle, untilAvailable } from './image-state.ts'

/**
 * aws:createImage: makes an image of an instance and waits until it is available. EC2 takes no token for it, so the image
 * carries the step's token as a tag, by which a step that is started again after a crash finds what it has made.
 */
export const createImage: Action = {
  name: 'aws:createImage',
  inputs: {
    required: ['InstanceId', 'ImageName'],
    optional: ['ImageDescription', 'NoReboot', 'BlockDeviceMappings'],
  },
  outputs: ['ImageId', 'ImageState'],
  start: call =>
    failingAsStep('Invocation', async () => {
      const imageId = await made(call)
      return { state: 'waiting', handle: { looks: 0, imageId }, wakeAt: call.now }
    }),
  poll: (call, handle) => untilAvailable(call, handle as ImageHandle),
}

const tokenTag = 'bellhop:step-token'

async function made(call: ActionCall): Promise<unknown> {
  const { ImageName: Name, ImageDescription: Description } = call.inputs
  const image = { ...given(call.inputs, ['InstanceId', 'NoReboot', 'BlockDeviceMappings']), Name, Description }
  const create = async (more: Answer = {}) =>
    (await callAws(call, 'ec2', 'CreateImage', { ...image, ...more }))['ImageId']
  try {
    return await create({
      TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: tokenTag, Value: call.token }] }],
    })
  } catch (error) {
    const code = error instanceof AwsApiError ? error.code : undefined
    // Who may make images but not tag them makes one that is not found again.
    if (code === 'UnauthorizedOperation') return create()
    const own = code === 'InvalidAMIName.Duplicate' ? await imageOfStep(call, Name) : undefined
    if (own === undefined) throw error
    return own
  }
}

/** The image of this name that this step has made before. */
async function imageOfStep(call: ActionCall, name: unknown): Promise<unknown> {
  const { Images } = await callAws(call, 'ec2', 'DescribeImages', {
    Owners: ['self'],
    Filters: [
      { Name: 'name', Values: [name] },
      { Name: `tag:${tokenTag}`, Values: [call.token] },
    ],
  })
  return (Images as readonly Answer[] | undefined)?.[0]?.['ImageId']
}
