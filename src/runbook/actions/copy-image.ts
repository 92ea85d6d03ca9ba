import type { Action } from '../action.ts'
import { callAws, failingAsStep, given } from './aws-step.ts'
import { type ImageHandle, untilAvailable } from './image-state.ts'

/** aws:copyImage: copies an image from any region into this one and waits until it is available. */
export const copyImage: Action = {
  name: 'aws:copyImage',
  inputs: {
    required: ['SourceImageId', 'SourceRegion', 'ImageName'],
    optional: ['ImageDescription', 'Encrypted', 'KmsKeyId', 'ClientToken'],
  },
  outputs: ['ImageId', 'ImageState'],
  start: call =>
    failingAsStep('Invocation', async () => {
      const { ImageName, ImageDescription, ClientToken = call.token } = call.inputs
      const { ImageId } = await callAws(call, 'ec2', 'CopyImage', {
        ...given(call.inputs, ['SourceImageId', 'SourceRegion', 'Encrypted', 'KmsKeyId']),
        Name: ImageName,
        Description: ImageDescription,
        ClientToken,
      })
      return { state: 'waiting', handle: { looks: 0, imageId: ImageId }, wakeAt: call.now }
    }),
  poll: (call, handle) => untilAvailable(call, handle as ImageHandle),
}
