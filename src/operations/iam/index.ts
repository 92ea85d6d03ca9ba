import type { IamOperations } from '../../model/generated/iam.ts'
import type { Operation, Services } from '../operation.ts'
import { addUserToGroup } from './add-user-to-group.ts'
import { attachGroupPolicy } from './attach-group-policy.ts'
import { attachRolePolicy } from './attach-role-policy.ts'
import { attachUserPolicy } from './attach-user-policy.ts'
import { createAccessKey } from './create-access-key.ts'
import { createGroup } from './create-group.ts'
import { createPolicy } from './create-policy.ts'
import { createRole } from './create-role.ts'
import { createUser } from './create-user.ts'
import { deleteAccessKey } from './delete-access-key.ts'
import { deleteRole } from './delete-role.ts'
import { deleteRolePolicy } from './delete-role-policy.ts'
import { deleteUser } from './delete-user.ts'
import { deleteUserPolicy } from './delete-user-policy.ts'
import { detachRolePolicy } from './detach-role-policy.ts'
import { detachUserPolicy } from './detach-user-policy.ts'
import { getPolicy } from './get-policy.ts'
import { getRole } from './get-role.ts'
import { getUser } from './get-user.ts'
import { listAccessKeys } from './list-access-keys.ts'
import { listAttachedRolePolicies } from './list-attached-role-policies.ts'
import { listAttachedUserPolicies } from './list-attached-user-policies.ts'
import { listPolicies } from './list-policies.ts'
import { listRoles } from './list-roles.ts'
import { listUsers } from './list-users.ts'
import { putRolePolicy } from './put-role-policy.ts'
import { putUserPolicy } from './put-user-policy.ts'
import { updateAccessKey } from './update-access-key.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const iam = {
  AddUserToGroup: addUserToGroup,
  AttachGroupPolicy: attachGroupPolicy,
  AttachRolePolicy: attachRolePolicy,
  AttachUserPolicy: attachUserPolicy,
  CreateAccessKey: createAccessKey,
  CreateGroup: createGroup,
  CreatePolicy: createPolicy,
  CreateRole: createRole,
  CreateUser: createUser,
  DeleteAccessKey: deleteAccessKey,
  DeleteRole: deleteRole,
  DeleteRolePolicy: deleteRolePolicy,
  DeleteUser: deleteUser,
  DeleteUserPolicy: deleteUserPolicy,
  DetachRolePolicy: detachRolePolicy,
  DetachUserPolicy: detachUserPolicy,
  GetPolicy: getPolicy,
  GetRole: getRole,
  GetUser: getUser,
  ListAccessKeys: listAccessKeys,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListAttachedUserPolicies: listAttachedUserPolicies,
  ListPolicies: listPolicies,
  ListRoles: listRoles,
  ListUsers: listUsers,
  PutRolePolicy: putRolePolicy,
  PutUserPolicy: putUserPolicy,
  UpdateAccessKey: updateAccessKey,
} satisfies { readonly [Name in keyof IamOperations]: Operation<IamOperations[Name], keyof Services> }
