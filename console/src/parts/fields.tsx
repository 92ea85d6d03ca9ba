import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useMemo, useState } from 'react'
import { type Field, linesOf, problemOf } from '../words/fields.ts'
import { shortened, visible } from '../words/text.ts'

export type Values = Readonly<Record<string, string>>

/** What is being typed into a form's fields, or was `given` before, and what is wrong with it. */
export function useFields(fields: readonly Field[], given: Values = {}) {
  const [typed, setTyped] = useState(given)
  const [isTried, setTried] = useState(false)
  return useMemo(() => {
    const value = ({ name, initial }: Field) => typed[name] ?? initial
    const problems = new Map(fields.map(field => [field.name, problemOf(field, value(field))]))
    return {
      fields,
      value,
      /** Values that are not what they would be anyway. */
      changed: fields.filter(field => value(field) !== field.initial || (field.isRequired && value(field) !== '')),
      set: (name: string, text: string) => setTyped(now => ({ ...now, [name]: text })),
      /** Nothing is complained about before somebody has typed there, or has tried to go on. */
      problem: (name: string) => (isTried || name in typed ? problems.get(name) : undefined),
      /** Whether all is well; if not, every problem is shown. */
      check: () => {
        setTried(true)
        return [...problems.values()].every(problem => problem === undefined)
      },
    }
  }, [fields, typed, isTried])
}

export type FieldsState = ReturnType<typeof useFields>

/** The fields of a form, each as what it takes asks for. */
export function Fields({ state }: { readonly state: FieldsState }) {
  return (
    <SpaceBetween size="m">
      {state.fields.map(field => (
        <FormField
          key={field.name}
          label={visible(field.label ?? field.name)}
          description={field.description && <span className="text">{visible(field.description)}</span>}
          constraintText={wrapped(constraintText(field))}
          errorText={wrapped(state.problem(field.name))}
        >
          <Control field={field} state={state} />
        </FormField>
      ))}
    </SpaceBetween>
  )
}

/** Patterns are long and have no spaces. */
function wrapped(text: string | undefined) {
  return text && <span className="text">{text}</span>
}

function Control({ field, state }: { readonly field: Field; readonly state: FieldsState }) {
  const value = state.value(field)
  const set = (text: string) => state.set(field.name, text)
  const options = field.options?.map(each => ({ value: each, label: visible(field.optionLabels?.[each] ?? each) }))
  if (options && field.isList) {
    const chosen = new Set(linesOf(value))
    return (
      <Multiselect
        options={options}
        selectedOptions={options.filter(each => chosen.has(each.value))}
        onChange={({ detail }) => set(detail.selectedOptions.map(each => each.value ?? '').join('\n'))}
      />
    )
  }
  if (options) {
    return (
      <Select
        options={options}
        selectedOption={options.find(each => each.value === value) ?? null}
        placeholder="Choose"
        empty="There is nothing to choose from."
        expandToViewport
        filteringType={options.length > 10 ? 'auto' : 'none'}
        onChange={({ detail }) => set(detail.selectedOption.value ?? '')}
      />
    )
  }
  if (field.isList || field.isLong)
    return (
      <Textarea
        value={value}
        rows={field.isLong ? 12 : 3}
        spellcheck={!field.isLong}
        onChange={({ detail }) => set(detail.value)}
      />
    )
  return (
    <Input
      value={value}
      type={field.isSecret ? 'password' : 'text'}
      inputMode={field.isNumber ? 'decimal' : undefined}
      autoComplete={false}
      onChange={({ detail }) => set(detail.value)}
    />
  )
}

function constraintText({
  isList,
  options,
  initial,
  shortest,
  longest,
  least,
  most,
  pattern,
  patternText,
  isRequired,
}: Field): string | undefined {
  const words: string[] = []
  // What has a value already need not be told to be optional.
  if (!isRequired && initial === '') words.push('Optional.')
  if (isList && !options) words.push('One value a line.')
  if (shortest !== undefined || longest !== undefined) words.push(`${rangeText(shortest, longest)} characters.`)
  if (least !== undefined || most !== undefined) words.push(`${rangeText(least, most)}.`)
  if (pattern !== undefined) words.push(patternText ? visible(patternText) : `Has to match ${visible(cut(pattern))}`)
  return words.length > 0 ? words.join(' ') : undefined
}

function rangeText(least: number | undefined, most: number | undefined): string {
  if (least === undefined) return `At most ${most}`
  return most === undefined ? `At least ${least}` : `${least} to ${most}`
}

function cut(pattern: string): string {
  const { shown, left } = shortened(pattern, 200)
  return left > 0 ? `${shown}…` : shown
}
