import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConstraintParameters } from '../../../src/catalog/constraint-parameters.ts'
import { constraintForms, constraintTypes } from './constraint.ts'
import { askedAtFirst, definitionOf, parametersOf } from './service-action.ts'

const answers = {
  LAUNCH: { Role: 'Launch' },
  NOTIFICATION: { Topics: 'arn:aws:sns:us-east-1:123456789012:told\narn:aws:sns:us-east-1:123456789012:too' },
  RESOURCE_UPDATE: { TagUpdates: 'ALLOWED' },
  TEMPLATE: { Rules: constraintForms.TEMPLATE.fields[0]!.initial },
  STACKSET: {
    Accounts: '123456789012',
    Regions: 'us-east-1\neu-west-1',
    AdminRole: 'arn:aws:iam::123456789012:role/Admin',
    ExecutionRole: 'Exec',
  },
}

test('each type of constraint is made in the form that the server takes', () => {
  for (const type of constraintTypes) {
    checkConstraintParameters(type, constraintForms[type].parameters(answers[type] as Record<string, string>))
  }
  const arn = 'arn:aws:iam::123456789012:role/Launch'
  assert.equal(constraintForms.LAUNCH.parameters({ Role: arn }), JSON.stringify({ RoleArn: arn }))
  // What comes out of a template has the section's name already.
  const rules = '{"Rules":{"A":{"Assertions":[]}}}'
  assert.equal(constraintForms.TEMPLATE.parameters({ Rules: rules }), rules)
})

test("a service action's definition is texts, its parameters JSON", () => {
  const form = {
    document: 'Restart',
    version: '2',
    roleArn: 'arn:r',
    asked: { A: 'TARGET', B: 'TEXT_VALUE', C: 'no' },
  } as const
  const made = definitionOf({ ...form, actsAs: 'launch-role' })
  assert.deepEqual(made, {
    Name: 'Restart',
    Version: '2',
    AssumeRole: 'LAUNCH_ROLE',
    Parameters: '[{"Name":"A","Type":"TARGET"},{"Name":"B","Type":"TEXT_VALUE"}]',
  })
  assert.equal(parametersOf(made.Parameters).length, 2)
  assert.equal(definitionOf({ ...form, actsAs: 'role' }).AssumeRole, 'arn:r')
  assert.deepEqual(definitionOf({ ...form, actsAs: 'caller', asked: {} }), { Name: 'Restart', Version: '2' })
  assert.equal(askedAtFirst('AutomationAssumeRole'), 'no')
  assert.deepEqual(parametersOf('{"not": "a list"}'), [])
})
