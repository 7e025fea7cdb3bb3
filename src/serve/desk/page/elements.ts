export const at = <Type extends HTMLElement>(id: string): Type => document.getElementById(id) as Type

export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, text = ''): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), { textContent: text })
}

/** Writes only what has changed, so that a reader of the screen is not told it again. */
export function say(id: string, text: string): void {
  if (at(id).textContent !== text) at(id).textContent = text
}

export function sayPairs(id: string, pairs: [name: string, value: string][]): void {
  const list = at(id)
  if (list.children.length !== 2 * pairs.length) list.replaceChildren(...pairs.flatMap(() => [make('dt'), make('dd')]))
  for (const [i, text] of pairs.flat().entries())
    if (list.children[i].textContent !== text) list.children[i].textContent = text
}

export interface Rows {
  names: string[]
  rows: string[][]
}

/** A table inside `<details>`, made when it is opened and again whenever what it shows has changed. */
export function showTable(id: string, read: () => Rows, empty: string): () => void {
  const details = at<HTMLDetailsElement>(id)
  const box = make('div')
  box.className = 'scroll'
  box.tabIndex = 0
  details.append(box)
  const refresh = (): void => {
    if (!details.open) return
    const { names, rows } = read()
    if (rows.length === 0) {
      box.replaceChildren(make('p', empty))
      return
    }
    const table = make('table')
    const head = table.createTHead().insertRow()
    for (const name of names) head.append(Object.assign(make('th', name), { scope: 'col' }))
    const body = table.createTBody()
    for (const row of rows) body.insertRow().append(...row.map(text => make('td', text)))
    const { scrollTop, scrollLeft } = box
    box.replaceChildren(table)
    box.scrollTo(scrollLeft, scrollTop)
  }
  details.addEventListener('toggle', refresh)
  return refresh
}
