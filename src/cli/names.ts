/**
 * The kebab-case name that the AWS CLI gives an operation or a parameter: `PrincipalARN` is `principal-arn`,
 * `ListAWSThings` is `list-aws-things`, `NotificationArns` is `notification-arns`. Source: botocore's naming rule.
 */
export function kebabCase(name: string): string {
  if (name.includes('-')) return name
  const plural = /[A-Z]{2,}s$/.exec(name)
  const spaced = plural ? `${name.slice(0, plural.index)}-${plural[0].toLowerCase()}` : name
  return spaced
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
}
