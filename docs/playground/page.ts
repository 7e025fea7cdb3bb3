import { featureIndex, featureNames, features } from '../../src/library/features.ts'
import type { Answer, Question, Rows } from './messages.ts'
import { clockOf, drawSeries, extent } from './plot.ts'
import type { Summary } from './replay_file.ts'
import type { Series } from './series.ts'

/** The worker's script, put in by the build: a page that is opened as a file may not load one from beside it. */
declare const workerScript: string

const plotted = ['mid', 'volatility_60s', 'spread_bps']
const rowsAtOnce = 50

const at = <Type extends HTMLElement>(id: string): Type => document.getElementById(id) as Type
const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, text = ''): HTMLElementTagNameMap[Name] =>
  Object.assign(document.createElement(name), { textContent: text })
const number = (value: number): string => value.toLocaleString('en')

let worker: Worker | null = null
let summary: Summary | null = null
let from = 0

function ask(question: Question): void {
  worker?.postMessage(question)
}

/** Reads a file in a worker of its own, which goes with the one before it. */
function read(file: File): void {
  endWorker()
  at('result').hidden = true
  at('faults').hidden = true
  if (globalThis.crypto?.subtle === undefined) {
    showFaults(['a digest wants a page that is served over https, from localhost, or opened as a file'])
    return
  }
  const products = at<HTMLInputElement>('products')
    .value.split(/[\s,;]+/)
    .filter(name => name !== '')
  if (products.length === 0) {
    showFaults(['Products is empty: name at least one, such as BTC-USD'])
    return
  }
  worker = new Worker(URL.createObjectURL(new Blob([workerScript], { type: 'text/javascript' })))
  worker.onmessage = ({ data }: MessageEvent<Answer>) => take(data, file)
  worker.onerror = ({ message }) => showFaults([`this page failed (${message}); npm run replay does the same`])
  showProgress(file, 0, 0)
  ask({ kind: 'file', file, products })
}

function endWorker(): void {
  worker?.terminate()
  worker = null
  at('progress').hidden = true
}

function take(answer: Answer, file: File): void {
  if (answer.kind === 'progress') showProgress(file, answer.bytes, answer.events)
  else if (answer.kind === 'failed') showFaults(answer.faults)
  else if (answer.kind === 'summary') showSummary(answer.summary, file)
  else if (answer.kind === 'series') showSeries(answer.place, answer.feature, answer.series)
  else showRows(answer.rows)
}

function showProgress(file: File, bytes: number, events: number): void {
  at('progress').hidden = false
  at<HTMLProgressElement>('bar').value = bytes / Math.max(1, file.size)
  at('so-far').textContent =
    `${file.name}: ${(bytes / 2 ** 20).toFixed(1)} of ${(file.size / 2 ** 20).toFixed(1)} MiB, ${number(events)} events`
}

function showFaults(faults: string[]): void {
  endWorker()
  at('faults').replaceChildren(...faults.map(fault => make('p', fault)))
  at('faults').hidden = false
  at('faults').focus()
}

function showSummary(given: Summary, file: File): void {
  summary = given
  at('progress').hidden = true
  at('result-title').textContent = `${file.name}${given.simulated ? ' (simulated)' : ''}`
  const [first, last] = given.range.map(micros => new Date(micros / 1000).toISOString().slice(0, 19).replace('T', ' '))
  const { quotes, trades, gaps, late, repeated } = given
  at('says').textContent =
    `${number(given.rows)} rows from ${first} to ${last} UTC, of ${number(quotes)} quotes, ${number(trades)} trades and ${number(gaps)} gaps; ${number(late)} came too late, ${number(repeated)} were repeats.`
  at('digest').textContent = given.digest
  at('copy').textContent = 'Copy'
  at('command').textContent = `npm run replay -- --raw '${file.name}'`
  const left = [...given.leftOut, ...given.notes]
  at('left-out').replaceChildren(...(left.length > 0 ? left : ['nothing']).map(line => make('li', line)))
  at('product').replaceChildren(
    ...Object.entries(given.products).map(([name, rows]) =>
      Object.assign(make('option', `${name}, ${number(rows)} rows`), { value: name }),
    ),
  )
  at('plots').replaceChildren(...plotted.map(figureOf))
  at('result').hidden = false
  showProduct()
  at('result-title').focus()
}

const chosen = (): string => at<HTMLSelectElement>('product').value

/** A plot, and the choice of what it shows. */
function figureOf(feature: string, place: number): HTMLElement {
  const figure = make('figure')
  const select = make('select')
  select.setAttribute('aria-label', `feature of plot ${place + 1}`)
  select.append(...featureNames.map(name => make('option', name)))
  select.value = feature
  select.onchange = () => ask({ kind: 'series', product: chosen(), feature: select.value, place })
  figure.append(select, make('div'), make('figcaption'))
  return figure
}

function showProduct(): void {
  const product = chosen()
  for (const [place, select] of [...at('plots').querySelectorAll('select')].entries())
    ask({ kind: 'series', product, feature: select.value, place })
  from = 0
  ask({ kind: 'rows', product, from, count: rowsAtOnce })
}

function showSeries(place: number, feature: string, series: Series): void {
  const [picture, caption] = [...at('plots').children[place].children].slice(1)
  const { unit, formula } = features[featureIndex(feature)]
  const [low, high] = extent(series)
  const title = `${feature} (${unit}) of ${chosen()}, ${clockOf(series.from)} to ${clockOf(series.to)} UTC, from ${low} to ${high}`
  picture.replaceChildren(drawSeries(series, title))
  caption.textContent = `${unit}: ${formula}`
}

function showRows({ from: first, times, values }: Rows): void {
  const all = summary?.products[chosen()] ?? 0
  at('which').textContent = `${number(first + 1)} to ${number(first + times.length)} of ${number(all)}`
  at<HTMLButtonElement>('earlier').disabled = first === 0
  at<HTMLButtonElement>('later').disabled = first + times.length >= all
  const head = make('tr')
  for (const name of ['UTC', ...featureNames]) {
    const cell = make('th', name)
    cell.scope = 'col'
    if (name !== 'UTC') cell.title = features[featureIndex(name)].formula
    head.append(cell)
  }
  at('names').replaceChildren(head)
  at('rows').replaceChildren(
    ...values.map((row, i) => {
      const line = make('tr')
      const time = Object.assign(make('th', clockOf(times[i])), { scope: 'row' })
      line.append(
        time,
        ...row.map(value => make('td', Number.isNaN(value) ? '–' : String(Number(value.toPrecision(7))))),
      )
      return line
    }),
  )
}

function turn(by: number): void {
  from = Math.max(0, from + by)
  ask({ kind: 'rows', product: chosen(), from, count: rowsAtOnce })
}

const input = at<HTMLInputElement>('file')
input.onchange = () => {
  const [file] = input.files ?? []
  if (file) read(file)
  input.value = ''
}
const drop = at('drop')
document.ondragover = event => event.preventDefault()
document.ondragenter = () => drop.classList.add('over')
document.ondragleave = event => {
  if (event.relatedTarget === null) drop.classList.remove('over')
}
document.ondrop = event => {
  event.preventDefault()
  drop.classList.remove('over')
  const dropped = [...(event.dataTransfer?.files ?? [])]
  if (dropped.length === 1) read(dropped[0])
  else showFaults([`${dropped.length} files were dropped: drop one, or give them all to npm run replay`])
}
at('choice').onsubmit = event => event.preventDefault()
at('stop').onclick = () => {
  endWorker()
  input.focus()
}
at('product').onchange = showProduct
at('earlier').onclick = () => turn(-rowsAtOnce)
at('later').onclick = () => turn(rowsAtOnce)
at('copy').hidden = navigator.clipboard === undefined
at('copy').onclick = async () => {
  await navigator.clipboard.writeText(summary?.digest ?? '')
  at('copy').textContent = 'Copied'
}
// by keyboard it is scrolled once it has the focus
at('table').tabIndex = 0
at('unbuilt').hidden = true
