import type { Action } from '../action.ts'
import { callAws, failingAsStep, given } from './aws-step.ts'
import { type ImageHandle, untilAvailable } from './image-state.ts'

/**
 * aws:createImage: makes an image of an instance and waits until it is available. EC2 takes no token for it; a step that is
 * started again after a crash fails for the name that is taken, and never makes two.
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
      const { ImageName, ImageDescription } = call.inputs
      const { ImageId } = await callAws(call, 'ec2', 'CreateImage', {
        ...given(call.inputs, ['InstanceId', 'NoReboot', 'BlockDeviceMappings']),
        Name: ImageName,
        Description: ImageDescription,
      })
      return { state: 'waiting', handle: { looks: 0, imageId: ImageId }, wakeAt: call.now }
    }),
  poll: (call, handle) => untilAvailable(call, handle as ImageHandle),
}
