import { generateThemeStylesheet, type Theme } from '@cloudscape-design/components/theming'

const violet = { light: '#5b3a99', dark: '#b79cf0' }
const violetStrong = { light: '#43257a', dark: '#cdb9f7' }

/** Our own colours; everything else is the components'. Both modes keep a contrast of 4.5 to 1 and better. */
const theme: Theme = {
  tokens: {
    fontFamilyBase: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
    fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
    colorBackgroundButtonPrimaryDefault: violet,
    colorBackgroundButtonPrimaryHover: violetStrong,
    colorBackgroundButtonPrimaryActive: violetStrong,
    colorTextButtonPrimaryDefault: { light: '#ffffff', dark: '#1b1130' },
    colorTextButtonPrimaryHover: { light: '#ffffff', dark: '#1b1130' },
    colorTextButtonPrimaryActive: { light: '#ffffff', dark: '#1b1130' },
    colorBorderButtonNormalDefault: violet,
    colorBorderButtonNormalHover: violetStrong,
    colorBorderButtonNormalActive: violetStrong,
    colorTextButtonNormalDefault: violet,
    colorTextButtonNormalHover: violetStrong,
    colorTextButtonNormalActive: violetStrong,
    colorTextLinkDefault: violet,
    colorTextLinkHover: violetStrong,
    colorTextAccent: violet,
    colorBorderItemFocused: violet,
    colorBorderItemSelected: violet,
    colorBackgroundItemSelected: { light: '#f4effc', dark: '#2a1f45' },
    colorBackgroundControlChecked: violet,
  },
}

/** The theme as a style sheet. */
export const sheet = generateThemeStylesheet({ theme })
