import * as z from 'zod'

/** The artifact store. */
export const artifactsSchema = z.strictObject({
  /** The largest artifact that is taken in, and that is fetched from elsewhere. */
  mostBytes: z
    .int()
    .positive()
    .max(256 * 1024 * 1024)
    .default(16 * 1024 * 1024),
  /** How many bytes an account may have in the store; what is there already counts for whoever put it first. */
  mostBytesPerAccount: z
    .int()
    .positive()
    .default(4 * 1024 * 1024 * 1024),
  /** Where artifacts are kept instead of in the database, and from where CloudFormation reads templates that are too large to be sent. */
  bucket: z
    .strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of an S3 bucket'),
      region: z.string().regex(/^[a-z0-9-]+$/, 'must be the name of a region'),
      prefix: z
        .string()
        .regex(/^[\w!.*'()/-]*$/, 'must be the beginning of an S3 key')
        .default('bellhop/'),
    })
    .optional(),
})

export type ArtifactsConfig = z.infer<typeof artifactsSchema>
