import '@cloudscape-design/global-styles/index.css'
import 'virtual:theme.css'
import './console.css'
import { I18nProvider } from '@cloudscape-design/components/i18n'
import messages from '@cloudscape-design/components/i18n/messages/all.en'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { ApiError } from './api/client.ts'
import { App } from './app.tsx'
import { applyPreferences } from './preferences.ts'
import { findRoute } from './routes.ts'
import { parseLocation } from './routing/location.ts'
import { session } from './session/session.ts'

applyPreferences()
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What was refused will be refused again; a connection may come back.
      retry: (count, error) => count < 3 && (error as ApiError).code === 'NoConnection',
    },
    mutations: { retry: false },
  },
})
// Nothing of one session is shown in the next.
session.subscribe(() => {
  if (session.state().is !== 'in') client.clear()
})

// While it is asked who is signed in, the view's code is on its way; and with both, what it shows.
const { path, query } = parseLocation(location.hash)
const view = findRoute(path)?.route.view.fetch()
void session.find().then(async () => {
  const ahead = session.state().is === 'in' ? (await view?.catch(() => undefined))?.ahead : undefined
  ahead?.(client, query)
})

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
)
