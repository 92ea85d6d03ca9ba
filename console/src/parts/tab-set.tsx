import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs'
import { useLocation } from '../routing/use-location.ts'

/** Tabs, the open one named in the address; each has its own filter, order and page. */
export function TabSet({ tabs, label }: { readonly tabs: readonly TabsProps.Tab[]; readonly label: string }) {
  const { query, setQuery } = useLocation()
  const open = tabs.find(tab => tab.id === query['tab']) ?? tabs[0]
  return (
    <Tabs
      ariaLabel={label}
      tabs={tabs}
      activeTabId={open?.id}
      onChange={({ detail }) => setQuery({ tab: detail.activeTabId, q: '', sort: '', page: '' })}
    />
  )
}
