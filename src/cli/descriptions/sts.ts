/** What the operations of the token service that the server speaks are for, in our own words. */
export const operations: Readonly<Record<string, string>> = {
  AssumeRole: 'Get temporary credentials that act as a role.',
  GetCallerIdentity: 'Show which account and principal your credentials belong to.',
}
