import { useMemo } from 'react'
import { graphOf } from '../document/graph.ts'
import type { OutlineStep } from '../document/outline.ts'
import { shortened, visible } from '../words/text.ts'

/** Beyond this, a picture says nothing; the list of steps is shown all the same. */
const mostDrawn = 300

/** The steps of a document and where each leads: drawn, and told to those who do not see it. */
export function StepGraph({
  steps,
  onPick,
}: {
  readonly steps: readonly OutlineStep[]
  /** A step was clicked. */
  readonly onPick?: (step: OutlineStep) => void
}) {
  const graph = useMemo(() => graphOf(steps.slice(0, mostDrawn)), [steps])
  if (steps.length === 0) return <p>There are no steps to draw.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="graph" aria-label="Steps and where they lead" tabIndex={0}>
      <svg
        width={graph.width}
        style={{ minWidth: graph.width * 0.75 }}
        viewBox={`0 0 ${graph.width} ${graph.height}`}
        aria-hidden="true"
      >
        <defs>
          {(['next', 'choice', 'failure', 'cancel'] as const).map(kind => (
            <marker
              key={kind}
              id={`arrow-${kind}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto-start-reverse"
            >
              <path className="graph-arrow" data-kind={kind} d="M0 0 8 4 0 8z" />
            </marker>
          ))}
        </defs>
        {graph.nodes
          .filter(each => each.kind === 'loop')
          .map(each => (
            <rect
              key={each.id}
              className="graph-loop"
              x={each.x}
              y={each.y}
              width={each.width}
              height={each.height}
              rx="10"
            />
          ))}
        {graph.edges.map(edge => (
          <path
            key={`${edge.from} ${edge.to} ${edge.kind} ${edge.label}`}
            className="graph-edge"
            data-kind={edge.kind}
            d={edge.path}
            markerEnd={`url(#arrow-${edge.kind})`}
          />
        ))}
        {graph.nodes.map(each =>
          each.kind === 'end' ? (
            <g key={each.id}>
              <rect
                className="graph-end"
                x={each.x}
                y={each.y}
                width={each.width}
                height={each.height}
                rx={each.height / 2}
              />
              <text className="graph-small" x={each.x + each.width / 2} y={each.y + 18} textAnchor="middle">
                End
              </text>
            </g>
          ) : (
            // biome-ignore lint/a11y/noStaticElementInteractions: a convenience; the list of steps below does the same by keyboard
            <g key={each.id} className={onPick && 'graph-pick'} onClick={() => onPick?.(each.step!)}>
              <rect
                className="graph-step"
                x={each.x}
                y={each.y}
                width={each.width}
                height={Math.min(each.height, 52)}
                rx="8"
              />
              <text className="graph-name" x={each.x + 12} y={each.y + 22}>
                {cut(each.step?.name || '(no name)', 21)}
              </text>
              <text className="graph-small" x={each.x + 12} y={each.y + 40}>
                {cut(`${each.step?.action}${each.step?.onFailure === 'Abort' ? ' · stops if it fails' : ''}`, 29)}
              </text>
            </g>
          ),
        )}
        {graph.edges.map(
          edge =>
            edge.label && (
              <text
                key={`${edge.from} ${edge.to} ${edge.kind} ${edge.label}`}
                className="graph-label"
                data-kind={edge.kind}
                x={edge.at.x}
                y={edge.at.y}
              >
                {cut(edge.label, 24)}
              </text>
            ),
        )}
      </svg>
      {steps.length > mostDrawn && <p>{`The first ${mostDrawn} of ${steps.length} steps are drawn.`}</p>}
      <StepList steps={steps} />
    </section>
  )
}

/** What the picture says, for who does not see it. */
function StepList({ steps }: { readonly steps: readonly OutlineStep[] }) {
  return (
    <ol className="visually-hidden">
      {steps.slice(0, mostDrawn).map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may be the same while somebody writes
        <li key={at}>
          {visible(`${step.name}, ${step.action}. ${toText(step)}`)}
          {step.inner.length > 0 && <StepList steps={step.inner} />}
        </li>
      ))}
    </ol>
  )
}

function toText({ choices, otherwise, nextStep, isEnd, onFailure }: OutlineStep): string {
  const words = choices.map(choice => `To ${choice.nextStep} if ${choice.when}.`)
  if (otherwise) words.push(`Otherwise to ${otherwise}.`)
  if (nextStep) words.push(`Then ${nextStep}.`)
  if (isEnd) words.push('Then it ends.')
  if (onFailure) words.push(`If it fails: ${onFailure}.`)
  return words.join(' ')
}

function cut(text: string, most: number): string {
  const { shown, left } = shortened(text, most)
  return visible(left > 0 ? `${shown}…` : shown)
}
