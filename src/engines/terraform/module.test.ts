import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HclParser } from './hcl.ts'
import { moduleParameters, readModule, sensitiveValues, variableValues } from './module.ts'

const parser = new HclParser()
const read = (files: Readonly<Record<string, string>>) =>
  readModule(
    Object.entries(files).map(([path, text]) => ({ path, contents: Buffer.from(text), isExecutable: false })),
    parser,
  )

const variables = `
variable "name" {
  type        = string
  description = "Its name, e.g. $\${x}"
}
variable "size" {
  type    = number
  default = 2
}
variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}
variable "options" {
  type    = object({ on = bool, more = optional(map(string), {}) })
  default = { on = true }
}
variable "anything" { default = null }
variable "text" { default = "with $\${braces} and %%{ if }" }
variable "password" {
  type      = string
  default   = "hunter2"
  sensitive = true
}
`

test('parameters are the variables of the root module’s .tf files', async () => {
  const module = await read({
    'variables.tf': variables,
    'more.tf': 'variable "flag" {\n  type = bool\n  default = false\n}\noutput "o" {\n  value = 1\n}\n',
    'modules/m/variables.tf': 'variable "inner" {}\n',
    'json.tf.json': '{"variable":{"in_json":{}}}',
  })
  assert.deepEqual(moduleParameters(module), [
    { ParameterKey: 'flag', DefaultValue: 'false', ParameterType: 'bool', IsNoEcho: false },
    { ParameterKey: 'anything', DefaultValue: '', ParameterType: 'any', IsNoEcho: false },
    { ParameterKey: 'name', ParameterType: 'string', IsNoEcho: false, Description: 'Its name, e.g. ${x}' },
    {
      ParameterKey: 'options',
      DefaultValue: '{"on":true}',
      ParameterType: 'object({ on = bool, more = optional(map(string), {}) })',
      IsNoEcho: false,
    },
    { ParameterKey: 'password', DefaultValue: 'hunter2', ParameterType: 'string', IsNoEcho: true },
    { ParameterKey: 'size', DefaultValue: '2', ParameterType: 'number', IsNoEcho: false },
    { ParameterKey: 'text', DefaultValue: 'with ${braces} and %{ if }', ParameterType: 'any', IsNoEcho: false },
    { ParameterKey: 'zones', DefaultValue: '["a","b"]', ParameterType: 'list(string)', IsNoEcho: false },
  ])
})

test('override files change what they name, in the order of their names', async () => {
  const { variables: found, outputDescriptions } = await read({
    'main.tf':
      'variable "a" {\n  type = string\n  default = "1"\n}\noutput "o" {\n  value = 1\n  description = "first"\n}\n',
    'z_override.tf': 'variable "a" {\n  default = "3"\n}\noutput "o" {\n  description = "second"\n}\n',
    'override.tf': 'variable "a" {\n  default = "2"\n  sensitive = true\n}\nvariable "b" {}\n',
  })
  assert.deepEqual(found, [{ name: 'a', type: 'string', hasDefault: true, default: '3', isSensitive: true }])
  assert.deepEqual(outputDescriptions, { o: 'second' })
})

test('values become what the variables’ types want', async () => {
  const module = await read({ 'variables.tf': variables })
  const given = {
    name: '007',
    size: '3',
    zones: '["x"]',
    options: '{"on":false}',
    anything: '',
    text: '{not json',
    password: 'secret',
    unknown: 'x',
  }
  assert.deepEqual(variableValues(module, given), {
    name: '007',
    size: '3',
    zones: ['x'],
    options: { on: false },
    text: '{not json',
    password: 'secret',
  })
  assert.deepEqual(variableValues(module, { anything: '[1]', zones: 'a,b' }), { anything: [1], zones: 'a,b' })
  assert.deepEqual(sensitiveValues(module, given), ['secret', 'hunter2'])
})

test('whether AWS’s provider takes part', async () => {
  const uses = async (files: Readonly<Record<string, string>>) => (await read({ 'a.tf': '', ...files })).usesAws
  assert.equal(await uses({}), false)
  assert.equal(await uses({ 'm.tf': '# aws_instance\nresource "terraform_data" "aws_x" {}\n' }), false)
  assert.equal(await uses({ 'm.tf': 'resource "aws_instance" "x" {}\n' }), true)
  assert.equal(await uses({ 'm.tf': 'data "aws_region" "x" {}\n' }), true)
  assert.equal(await uses({ 'm.tf': 'terraform {\n  required_providers {\n    aws = {}\n  }\n}\n' }), true)
  assert.equal(await uses({ 'm.tf': 'module "m" {\n  source = "./m"\n}\n', 'm/m.tf': 'locals {}\n' }), false)
  assert.equal(await uses({ 'm.tf': 'module "m" {\n  source = "./m"\n}\n', 'm/m.tf': 'data "aws_ami" "x" {}' }), true)
  assert.equal(await uses({ 'm.tf': 'module "m" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n' }), true)
  assert.equal(await uses({ 'm.tf.json': '{"resource":{"aws_instance":{}}}' }), true)
  const { awsAliases } = await read({
    'p.tf': 'provider "aws" {}\nprovider "aws" {\n  alias = "west"\n}\n',
  })
  assert.deepEqual(awsAliases, ['west'])
})

test('an archive without a module, and a module that does not parse', async () => {
  await assert.rejects(read({ 'README.md': '', 'm/main.tf': '' }), /no \.tf file in its root folder/)
  await assert.rejects(read({ 'main.tf': 'resource "x" {' }), /^HclError: main\.tf:1,/)
})
