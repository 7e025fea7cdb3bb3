import { readFileSync } from 'node:fs'

/** The look that all pages share, and what these add to it. */
export const pageStyle: string = ['../../look.css', './page.css']
  .map(name => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('')

/** Text made safe for HTML, in elements and in attributes; a number stays beside its per cent sign. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(' %', '\u00a0%')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** A plain table. The first column names the row. */
export function renderTable(heads: string[], rows: string[][], caption: string): string {
  const head = heads.map(text => `<th scope="col">${escapeHtml(text)}</th>`).join('')
  const body = rows
    .map(
      ([first, ...rest]) =>
        `<tr><th scope="row">${escapeHtml(first)}</th>${rest.map(text => `<td class="number">${escapeHtml(text)}</td>`).join('')}</tr>`,
    )
    .join('\n')
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

/** A name that may break after its underscores. */
export function breakable(name: string): string {
  return escapeHtml(name).replaceAll('_', '_<wbr>')
}

export function renderList(lines: string[], className = ''): string {
  const items = lines.map(line => `<li>${escapeHtml(line)}</li>`).join('')
  return `<ul${className && ` class="${className}"`}>${items}</ul>`
}
