import { hiddenValue } from './state-file.ts'

/** A text without the secrets in it. */
export function redact(text: string, secrets: readonly string[]): string {
  // Short ones would take words apart, and hide nothing that could not be guessed.
  return secrets
    .filter(secret => secret.length >= 4)
    .flatMap(secret => [secret, JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, hiddenValue), text)
}
