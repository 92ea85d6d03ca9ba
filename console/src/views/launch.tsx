import { Provisioning } from '../parts/provisioning.tsx'
import type { ViewProps } from '../routes.ts'

/** The form that launches a product: version, path, name, parameters and tags. */
export default function Launch({ id }: ViewProps) {
  return <Provisioning productId={id} />
}
