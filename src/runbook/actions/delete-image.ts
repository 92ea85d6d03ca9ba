import { AwsApiError } from '../../aws/api.ts'
import type { Action, ActionCall } from '../action.ts'
import { type Answer, callAws, failed, failingAsStep, look } from './aws-step.ts'

interface Handle {
  readonly looks: number
  readonly imageId: string
  readonly snapshots: readonly string[]
}

/** aws:deleteImage: deletes an image and the snapshots it is made of. */
export const deleteImage: Action = {
  name: 'aws:deleteImage',
  inputs: { required: ['ImageId'], optional: [] },
  // The snapshots are written down before the image goes, since nothing else names them.
  start: call =>
    failingAsStep('Invocation', async () => {
      const { ImageId } = call.inputs
      const { Images } = await callAws(call, 'ec2', 'DescribeImages', { ImageIds: [ImageId] })
      const [image] = Images as readonly Answer[]
      if (!image) return failed('Invocation', `There is no image ${ImageId}`)
      const mappings = (image['BlockDeviceMappings'] ?? []) as readonly Answer[]
      const snapshots = mappings.flatMap(({ Ebs }) => (Ebs as Answer | undefined)?.['SnapshotId'] ?? [])
      return { state: 'waiting', handle: { looks: 0, imageId: ImageId, snapshots }, wakeAt: call.now }
    }),
  poll: (call, given) => {
    const handle = given as Handle
    return look(call, handle, async () => {
      await unlessGone(call, 'DeregisterImage', { ImageId: handle.imageId })
      for (const SnapshotId of handle.snapshots) await unlessGone(call, 'DeleteSnapshot', { SnapshotId })
      return { state: 'succeeded', response: {} }
    })
  },
}

async function unlessGone(call: ActionCall, operation: string, parameters: Answer): Promise<void> {
  try {
    await callAws(call, 'ec2', operation, parameters)
  } catch (error) {
    if (!(error instanceof AwsApiError && /NotFound$|^InvalidAMIID\.Unavailable$/.test(error.code))) throw error
  }
}
