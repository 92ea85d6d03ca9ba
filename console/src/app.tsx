import Alert from '@cloudscape-design/components/alert'
import AppLayout from '@cloudscape-design/components/app-layout'
import SideNavigation from '@cloudscape-design/components/side-navigation'
import Spinner from '@cloudscape-design/components/spinner'
import TopNavigation from '@cloudscape-design/components/top-navigation'
import { Component, type ReactNode, Suspense, useEffect, useState } from 'react'
import { useRights } from './api/use-rights.ts'
import { useKeyboard } from './parts/keyboard.ts'
import { Notices } from './parts/notices.tsx'
import { Waiting } from './parts/waiting.tsx'
import { setPreferences, usePreferences } from './preferences.ts'
import { findRoute, routes, sections } from './routes.ts'
import { useLocation } from './routing/use-location.ts'
import { session, type Who } from './session/session.ts'
import { SignIn } from './session/sign-in.tsx'
import { useSession } from './session/use-session.ts'
import { nameOfArn, visible } from './words/text.ts'

export function App() {
  const state = useSession()
  if (state.is === 'unknown') {
    return (
      <div className="sign-in" role="status">
        <Spinner size="large" />
        <span className="visually-hidden">Loading</span>
      </div>
    )
  }
  return state.is === 'in' ? (
    <Shell who={state.who} key={state.who.region} />
  ) : (
    <SignIn ways={state.ways} why={state.why} />
  )
}

function Shell({ who }: { who: Who }) {
  const { path } = useLocation()
  const found = findRoute(path)
  const [isOpen, setOpen] = useState(() => innerWidth > 800)
  useKeyboard()
  const rights = useRights()
  const title = found?.route.title ?? 'Not found'
  useEffect(() => {
    document.title = `${title} · Bellhop`
  }, [title])
  return (
    <>
      <button type="button" className="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <span role="status" className="visually-hidden">
        {title}
      </span>
      <div id="top">
        <Top who={who} />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        notifications={<Notices />}
        ariaLabels={{
          navigation: 'Navigation',
          navigationClose: 'Close navigation',
          navigationToggle: 'Open navigation',
        }}
        navigation={
          <SideNavigation
            activeHref={`#${found?.route.within ?? found?.route.path ?? ''}`}
            items={sections.flatMap(section => {
              const items = routes.filter(
                route => route.section === section && (!route.needs || rights.has(route.needs)),
              )
              if (items.length === 0) return []
              return [
                {
                  type: 'section-group' as const,
                  title: section,
                  items: items.map(({ path: href, title: text }) => ({
                    type: 'link' as const,
                    href: `#${href}`,
                    text,
                  })),
                },
              ]
            })}
          />
        }
        content={
          <Boundary key={path}>
            <div id="content" tabIndex={-1}>
              <Suspense fallback={<Waiting />}>
                {found ? (
                  <found.route.view {...found.props} />
                ) : (
                  <Alert type="warning" header="There is no such page">
                    <a href="#/products">Go to the products</a>
                  </Alert>
                )}
              </Suspense>
            </div>
          </Boundary>
        }
      />
    </>
  )
}

function Top({ who }: { who: Who }) {
  const { zone, mode } = usePreferences()
  const name = visible(who.userName ?? nameOfArn(who.arn))
  return (
    <TopNavigation
      identity={{ href: '#/products', title: 'Bellhop', logo: { src: '/favicon.svg', alt: 'Bell' } }}
      utilities={[
        {
          type: 'button',
          text: zone === 'utc' ? 'UTC' : 'Local time',
          ariaLabel: zone === 'utc' ? 'UTC: change to local time' : 'Local time: change to UTC',
          onClick: () => setPreferences({ zone: zone === 'utc' ? 'local' : 'utc' }),
        },
        {
          type: 'menu-dropdown',
          text: who.region,
          ariaLabel: `Region: ${who.region}`,
          items: [...new Set([who.region, ...regions])].map(id => ({ id, text: id })),
          onItemClick: ({ detail }) => session.setRegion(detail.id),
        },
        {
          type: 'menu-dropdown',
          text: name,
          description: visible(who.arn),
          iconName: 'user-profile',
          items: [
            {
              id: 'mode',
              text: 'Appearance',
              items: (['system', 'light', 'dark'] as const).map(id => ({
                id,
                text: { system: 'As the system', light: 'Light', dark: 'Dark' }[id],
                ...(mode === id && { iconName: 'check' as const }),
              })),
            },
            { id: 'sign-out', text: 'Sign out' },
          ],
          onItemClick: ({ detail: { id } }) => {
            if (id === 'sign-out') void session.signOut()
            else setPreferences({ mode: id as 'system' })
          },
        },
      ]}
    />
  )
}

/** Data are kept apart by region, as on AWS; any name will do, these are at hand. */
const regions = ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-2']

/** A view that fails does not take the others with it. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {}
  static getDerivedStateFromError(error: Error) {
    return { error }
  }
  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <Alert type="error" header="This page could not be shown">
        <span className="text">{visible(error.message)}</span>
      </Alert>
    )
  }
}
