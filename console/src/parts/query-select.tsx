import Select from '@cloudscape-design/components/select'
import { useLocation } from '../routing/use-location.ts'

interface QuerySelectProps {
  /** What it is called in the address. */
  readonly name: string
  /** What it is called for those who cannot see where it stands. */
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  /** What is chosen now: the address may say nothing, and then it is the view that knows. */
  readonly value: string | undefined
}

/** A choice that narrows a list. It is part of the address, and leads back to the list's first page. */
export function QuerySelect({ name, label, options, value }: QuerySelectProps) {
  const { setQuery } = useLocation()
  return (
    <Select
      ariaLabel={label}
      options={options.map(({ value, label }) => ({ value, label }))}
      selectedOption={options.find(option => option.value === value) ?? null}
      onChange={({ detail }) => setQuery({ [name]: detail.selectedOption.value ?? '', page: '' })}
    />
  )
}
