/**
 * What the sessions of a role begin with, for an owner that is one of them or the role itself; undefined for a user. It is
 * what access level Role is found by: the products of a role are those of all its sessions.
 */
export function ownerRole(arn: string): string | undefined {
  const session = /^(arn:[^:]+:sts::\d{12}:assumed-role\/[^/]+\/)/.exec(arn)
  if (session) return session[1]
  const role = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn)
  return role ? `arn:${role[1]}:sts::${role[2]}:assumed-role/${role[3]}/` : undefined
}
