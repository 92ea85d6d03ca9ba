/**
 * Text that comes from elsewhere, made safe to look at. React already shows markup as text; what is left are characters that
 * are not seen or that rearrange what is around them: they are shown as signs.
 */
export function visible(text: string): string {
  return text
    .replace(piledUp, '$1…')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu,
      char => {
        const code = char.codePointAt(0)!
        if (code === 13) return ''
        if (code < 32) return String.fromCodePoint(0x2400 + code)
        return code === 127 ? '\u2421' : `\u2039U+${code.toString(16).toUpperCase().padStart(4, '0')}\u203a`
      },
    )
}

/** Marks that are piled onto one letter, more than any script needs: they would be drawn over the lines around. */
const piledUp = /(\p{M}{8})\p{M}+/gu

/** The beginning of a text that may be long, and how much is left out. */
export function shortened(text: string, most: number): { readonly shown: string; readonly left: number } {
  if (text.length <= most) return { shown: text, left: 0 }
  // Not through the middle of a pair of surrogates.
  const end = /[\ud800-\udbff]/.test(text[most - 1]!) ? most - 1 : most
  return { shown: text.slice(0, end), left: text.length - end }
}

/** Terminals' colours and cursor movements are left out of logs. */
export function withoutEscapes(line: string): string {
  return line.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g, '')
}

/** The last part of an ARN: what people call it. */
export function nameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** Whether a value is likely to be secret, by its name. */
export function isSecretName(name: string): boolean {
  return /secret|passw|passphrase|token|credential|(api|access|private|signing|encryption)[-_ ]?key|^key$/i.test(name)
}
