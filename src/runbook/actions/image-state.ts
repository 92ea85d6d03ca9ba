import type { ActionCall, Progress } from '../action.ts'
import { type Answer, callAws, failed, look, lookAgain } from './aws-step.ts'

export interface ImageHandle {
  readonly looks: number
  readonly imageId: string
}

/** Waits until an image can be used. */
export function untilAvailable(call: ActionCall, handle: ImageHandle): Promise<Progress> {
  return look(
    call,
    handle,
    async () => {
      const { imageId } = handle
      const { Images } = await callAws(call, 'ec2', 'DescribeImages', { ImageIds: [imageId] })
      const [image] = Images as readonly Answer[]
      const ImageState = String(image?.['State'] ?? 'pending')
      const response = { ImageId: imageId, ImageState }
      if (ImageState === 'available') return { state: 'succeeded', response }
      if (ImageState === 'pending' || ImageState === 'transient') return lookAgain(call, handle)
      const reason = (image?.['StateReason'] as Answer | undefined)?.['Message']
      return failed('PostProcessing', `Image ${imageId} is ${ImageState}${reason ? `: ${reason}` : ''}`, response)
    },
    { isNew: true },
  )
}
