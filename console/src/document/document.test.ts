import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edgesOf, graphOf, shifted } from './graph.ts'
import { conditionText, outlineOf } from './outline.ts'
import { placeOf } from './place.ts'

const text = `schemaVersion: '0.3'
mainSteps:
  - name: Choose
    action: aws:branch
    inputs:
      Choices:
        - { NextStep: Rest, Variable: '{{ Again }}', StringEquals: 'no' }
      Default: Work
  - name: Work
    action: aws:loop
    onFailure: step:Choose
    inputs:
      Steps:
        - { name: One, action: aws:sleep }
        - { name: Two, action: aws:sleep }
  - name: Rest
    action: aws:sleep
    isEnd: true
`

test('a document gives its steps, with their lines and where they lead', () => {
  const { steps, problems } = outlineOf(text)
  assert.deepEqual(problems, [])
  assert.deepEqual(
    steps.map(({ name, line }) => [name, line]),
    [
      ['Choose', 3],
      ['Work', 9],
      ['Rest', 16],
    ],
  )
  assert.deepEqual(
    edgesOf(steps).map(({ from, to, kind, label }) => [from, to.trim(), kind, label]),
    [
      ['Choose', 'Rest', 'choice', 'Again = no'],
      ['Choose', 'Work', 'choice', 'otherwise'],
      ['Work', 'Rest', 'next', undefined],
      ['Work', 'Choose', 'failure', 'if it fails'],
      ['Rest', 'end', 'next', undefined],
    ],
  )
})

test('a step stands below all that lead to it, and a loop holds its own', () => {
  const { nodes, width, height } = graphOf(outlineOf(text).steps)
  const find = (id: string) => nodes.find(node => node.id === id)!
  assert.ok(find('Choose').y < find('Work').y && find('Work').y < find('Rest').y)
  const [loop, inner] = [find('Work'), find('Work/Two')]
  assert.equal(loop.kind, 'loop')
  assert.ok(inner.x >= loop.x && inner.x + inner.width <= loop.x + loop.width)
  assert.ok(inner.y >= loop.y && inner.y + inner.height <= loop.y + loop.height)
  for (const node of nodes) assert.ok(node.x >= 0 && node.x + node.width <= width && node.y + node.height <= height)
})

test('steps that lead to themselves, back, or nowhere are drawn all the same', () => {
  const { steps, problems } = outlineOf(
    'mainSteps: [{name: A, action: x, nextStep: A}, {name: A, action: x}, {name: B, action: x, nextStep: C}, {action: x}]',
  )
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['There are two steps named A.', 'nextStep of the step B is C, which is no step here.', 'A step has no name.'],
  )
  assert.equal(graphOf(steps).nodes.filter(({ kind }) => kind === 'step').length, 3)
  assert.deepEqual(graphOf([]).nodes, [])
})

test('a thousand steps in a row, and as many that go back, are laid out', () => {
  const list = Array.from({ length: 1_000 }, (_, at) => ({
    name: `s${at}`,
    action: 'x',
    onFailure: `step:s${at >> 1}`,
  }))
  const { steps } = outlineOf(JSON.stringify({ mainSteps: list }))
  const rows = new Set(graphOf(steps).nodes.map(({ y }) => y))
  assert.equal(rows.size, 1_001)
})

test('whatever the text is, there is an answer', () => {
  for (const [bad, line] of [
    ['mainSteps: [', 1],
    ['a: b\n c: {', 2],
    ['- a', undefined],
    ['mainSteps: 7', undefined],
    [
      `a: &a [x, x]\n${Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [*a, *a, *a, *a, *a]`).join('\n')}`,
      undefined,
    ],
  ] as const) {
    const { steps, problems } = outlineOf(bad)
    assert.deepEqual(steps, [])
    if (line !== undefined) assert.ok(problems.some(problem => problem.line !== undefined))
  }
  assert.deepEqual(outlineOf(''), { steps: [], problems: [] })
})

test('a condition is told in one line', () => {
  const small = { Variable: '{{ Size }}', NumericLesser: 3 }
  assert.equal(conditionText(small), 'Size < 3')
  assert.equal(
    conditionText({ And: [small, { Not: { Variable: '{{A}}', BooleanEquals: true } }] }),
    'Size < 3 and not (A = true)',
  )
})

test('the line that the server means is found', () => {
  assert.equal(placeOf(text, 'Step "Work" has no such input'), 9)
  assert.equal(placeOf(text, 'Something At Line: 12'), 12)
  assert.equal(placeOf(text, 'Something else'), undefined)
})

test('a path moves with its box', () => {
  assert.equal(shifted('M1 2C1 2 3 4 5 6H7V8', 10, 100), 'M11 102C11 102 13 104 15 106H17V108')
})
