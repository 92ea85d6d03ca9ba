import type { IamOperations } from '../../model/generated/iam.ts'
import { notSupportedYet } from '../not-supported-yet.ts'
import type { Operation, Services } from '../operation.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const iam = {
  AddUserToGroup: notSupportedYet('AddUserToGroup', 'UnsupportedOperation'),
  AttachGroupPolicy: notSupportedYet('AttachGroupPolicy', 'UnsupportedOperation'),
  AttachRolePolicy: notSupportedYet('AttachRolePolicy', 'UnsupportedOperation'),
  AttachUserPolicy: notSupportedYet('AttachUserPolicy', 'UnsupportedOperation'),
  CreateAccessKey: notSupportedYet('CreateAccessKey', 'UnsupportedOperation'),
  CreateGroup: notSupportedYet('CreateGroup', 'UnsupportedOperation'),
  CreatePolicy: notSupportedYet('CreatePolicy', 'UnsupportedOperation'),
  CreateRole: notSupportedYet('CreateRole', 'UnsupportedOperation'),
  CreateUser: notSupportedYet('CreateUser', 'UnsupportedOperation'),
  DeleteAccessKey: notSupportedYet('DeleteAccessKey', 'UnsupportedOperation'),
  DeleteRole: notSupportedYet('DeleteRole', 'UnsupportedOperation'),
  DeleteRolePolicy: notSupportedYet('DeleteRolePolicy', 'UnsupportedOperation'),
  DeleteUser: notSupportedYet('DeleteUser', 'UnsupportedOperation'),
  DeleteUserPolicy: notSupportedYet('DeleteUserPolicy', 'UnsupportedOperation'),
  DetachRolePolicy: notSupportedYet('DetachRolePolicy', 'UnsupportedOperation'),
  DetachUserPolicy: notSupportedYet('DetachUserPolicy', 'UnsupportedOperation'),
  GetPolicy: notSupportedYet('GetPolicy', 'UnsupportedOperation'),
  GetRole: notSupportedYet('GetRole', 'UnsupportedOperation'),
  GetUser: notSupportedYet('GetUser', 'UnsupportedOperation'),
  ListAccessKeys: notSupportedYet('ListAccessKeys', 'UnsupportedOperation'),
  ListAttachedRolePolicies: notSupportedYet('ListAttachedRolePolicies', 'UnsupportedOperation'),
  ListAttachedUserPolicies: notSupportedYet('ListAttachedUserPolicies', 'UnsupportedOperation'),
  ListPolicies: notSupportedYet('ListPolicies', 'UnsupportedOperation'),
  ListRoles: notSupportedYet('ListRoles', 'UnsupportedOperation'),
  ListUsers: notSupportedYet('ListUsers', 'UnsupportedOperation'),
  PutRolePolicy: notSupportedYet('PutRolePolicy', 'UnsupportedOperation'),
  PutUserPolicy: notSupportedYet('PutUserPolicy', 'UnsupportedOperation'),
  UpdateAccessKey: notSupportedYet('UpdateAccessKey', 'UnsupportedOperation'),
} satisfies { readonly [Name in keyof IamOperations]: Operation<IamOperations[Name], keyof Services> }
