/**
 * Rows as a file for spreadsheets (RFC 4180). Cells that a spreadsheet would take for a formula are given an apostrophe, so that
 * nothing somebody once typed is carried out by whoever opens the file.
 */
export function csvOf(header: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  return [header, ...rows].map(row => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(text = ''): string {
  // Spreadsheets look past blanks, and take a tab or a line's end for one.
  const harmless = /^\s*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
