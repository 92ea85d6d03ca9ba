import assert from 'node:assert/strict'
import { test } from 'node:test'
import { account, startBellhop, temporaryFolder } from '../../test/kit/bellhop.ts'
import { outputOf, document as policy } from '../../test/kit/identity.ts'
import { startOidcProvider } from '../../test/kit/oidc-provider.ts'
import { axeFindings, checkWithAxe, openPage, picture, requireBrowser } from './browser.ts'

/** The provider is another site to the browser: what cookies are for shows only there. */
test('signing in through an identity provider in a browser', async t => {
  const browser = await requireBrowser(t)
  if (!browser) return
  t.after(() => browser.close())
  const provider = await startOidcProvider({ host: 'localhost' })
  t.after(() => provider.close())
  const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`
  const server = await startBellhop({
    dataDirectory: `${temporaryFolder(t)}/data`,
    config: {
      outbound: { allow: ['localhost'] },
      console: {
        oidc: {
          corp: {
            name: 'Example Corp',
            issuer: provider.issuer,
            clientId: provider.clientId,
            clientSecret: { env: 'OIDC_SECRET' },
            roles: ['Requester', 'Administrator'].map(name => ({ claim: 'groups', value: name, role: roleArn(name) })),
          },
        },
      },
    },
    env: { OIDC_SECRET: provider.clientSecret },
  })
  t.after(() => server.stop())
  provider.redirectUris.push(server.url)
  const address = provider.issuer.replace('http://', '')
  for (const RoleName of ['Requester', 'Administrator']) {
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${address}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${address}:aud`]: provider.clientId } },
    })
    await outputOf(server, 'iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument })
  }
  const PolicyArn = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess'
  await outputOf(server, 'iam', 'AttachRolePolicy', { RoleName: 'Requester', PolicyArn })

  const { page, complaints } = await openPage(browser)
  const button = page.getByRole('button', { name: 'Sign in with Example Corp' })

  await t.test('what the provider refuses is said on the sign-in page', async () => {
    await page.goto(`${server.url}/#/provisioned-products`)
    await button.waitFor()
    await checkWithAxe(page, 'sign in through a provider')
    await picture(page, 'sign-in-provider')
    await button.click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByText('did not let you in (access_denied). It says: “Not today”').waitFor()
  })

  await t.test('sign in, choose a role, be who the provider says, at the place one came from', async () => {
    await button.click()
    const groups = ['Requester', 'Administrator']
    await page.getByLabel('Claims').fill(JSON.stringify({ sub: 'u-1', email: 'alice@example.com', groups }))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Choose a role' }).waitFor()
    await page.getByText('alice@example.com').waitFor()
    await checkWithAxe(page, 'choose a role')
    await picture(page, 'choose-role')
    // It waits for whoever reloads the page.
    await page.reload()
    await page.getByRole('button', { name: 'Requester' }).click()
    await page.getByRole('heading', { name: 'Provisioned products' }).waitFor()
    assert.match(page.url(), /#\/provisioned-products/)
    await page.getByRole('button', { name: 'alice@example.com' }).first().click()
    await page
      .getByText(`arn:aws:sts::${account}:assumed-role/Requester/alice@example.com`)
      .filter({ visible: true })
      .first()
      .waitFor()
    assert.equal(await page.evaluate(() => document.cookie), '')
  })

  await t.test('sign out, at the provider too', async () => {
    await page.getByText('Sign out').click()
    await button.waitFor()
    assert.ok(provider.requests.includes('GET /logout'))
    assert.deepEqual(complaints, [])
    assert.deepEqual(
      axeFindings.filter(each => /provider|choose/.test(each)),
      [],
    )
  })
})
