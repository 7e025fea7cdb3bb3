import {
  type Alerts,
  type Anomalies,
  ask,
  type Candles,
  type Drift,
  type Fault,
  type Health,
  isFault,
  type Portfolios,
  type Predictions,
  type Sentiment,
  type Windows,
} from './answers.ts'
import { beneath } from './beneath.ts'
import { chanceCard } from './chance.ts'
import { driftTable } from './drift.ts'
import { at, make, say } from './elements.ts'
import { showHappened } from './happened.ts'
import { follow, type Live } from './live.ts'
import { portfolioCard } from './portfolio.ts'
import { PriceChart } from './price_chart.ts'
import { ProductData, whyEmpty } from './product_data.ts'
import { qualityCard } from './quality.ts'
import { watchTheme } from './theme.ts'
import { clock, number } from './words.ts'

const products = new Map<string, ProductData>()
let chosen: string | null = null
let health: Health | null = null
let awaySince: number | null = null
let drift: Drift | Fault | null = null
/** What has changed since it was drawn last. */
let [marksChanged, cardsChanged] = [false, false]

const current = (): ProductData | null => (chosen === null ? null : (products.get(chosen) ?? null))
const chart = new PriceChart(at('price'))
const chance = chanceCard(current)
const quality = qualityCard(current)
const portfolio = portfolioCard(current)
const tables = beneath(current, () => health)
const drifted = driftTable(() => drift)
const theme = watchTheme(() => {
  chart.paint()
  for (const card of [chance, quality, portfolio]) card.paint()
})

function dataOf(product: string): ProductData {
  const known = products.get(product) ?? new ProductData()
  products.set(product, known)
  return known
}

function choose(product: string): void {
  chosen = product
  for (const button of at('products').querySelectorAll('button'))
    button.ariaPressed = `${button.textContent === product}`
  chart.show(dataOf(product))
  at('happened').replaceChildren()
  say('news-why', whyEmpty(dataOf(product), ''))
  drawCards()
  load(product)
}

/** Asks for all of a product; what came by the stream in the meantime stands where it is newer. */
async function load(product: string): Promise<void> {
  const name = encodeURIComponent(product)
  const data = dataOf(product)
  const candles = await ask<Candles>(`candles/${name}?limit=1440`)
  if (!isFault(candles)) data.putCandles(candles)
  if (product === chosen) chart.show(data)
  drawCards()
  const [windows] = await Promise.all([ask<Windows>(`windows/${name}`), loadVerdict(product)])
  for (const window of isFault(windows) ? [] : windows.windows) data.putWindow(window)
  data.isLoaded = true
  if (product === chosen) chart.mark(data)
  drawCards()
}

/** What changes as predictions are settled and candles are traded. */
async function loadVerdict(product: string): Promise<void> {
  const name = encodeURIComponent(product)
  const data = dataOf(product)
  const [predictions, portfolios, anomalies, sentiment, alerts] = await Promise.all([
    ask<Predictions>(`predictions/${name}`),
    ask<Portfolios>('portfolio'),
    ask<Anomalies>(`anomalies/${name}`),
    ask<Sentiment>(`sentiment/${name}`),
    ask<Alerts>('alerts?limit=200'),
  ])
  if (isFault(predictions)) data.reason = predictions.error
  else {
    data.model = predictions.model
    data.reason = predictions.reason
    data.turnedOut = predictions.turned_out
    for (const one of predictions.history) data.predictions.put(one.time, one)
    for (const one of predictions.turned_out.strip) data.putSettled(one)
  }
  const paper = isFault(portfolios) ? undefined : portfolios.portfolios.find(one => one.product === product)
  if (paper !== undefined) data.portfolio = paper
  for (const fill of paper?.fills ?? []) data.putFill(fill)
  if (product === chosen) showHappened(anomalies, sentiment, alerts)
}

async function loadDrift(): Promise<void> {
  drift = await ask<Drift>('drift')
  drifted.show()
}

async function loadHealth(): Promise<void> {
  const answer = await ask<Health>('health')
  health = isFault(answer) ? null : answer
  const names = (health?.products.map(({ product }) => product) ?? []).sort()
  const buttons = at('products')
  const standing = [...buttons.children].map(({ textContent }) => textContent)
  for (const name of names.filter(name => !standing.includes(name))) {
    const button = Object.assign(make('button', name), { type: 'button', ariaPressed: 'false' })
    button.onclick = () => choose(name)
    buttons.insertBefore(button, [...buttons.children].find(({ textContent }) => textContent! > name) ?? null)
  }
  if (chosen === null && names.length > 0) choose(names[0])
  showFlow()
}

function showFlow(): void {
  at('simulated').hidden = health?.simulated !== true
  at('status').classList.toggle('away', awaySince !== null)
  const last = health?.products.find(({ product }) => product === chosen)?.last_event ?? null
  say(
    'flow',
    awaySince !== null
      ? `no connection since ${clock(awaySince)} UTC: it is tried again`
      : health === null
        ? 'connecting …'
        : last === null
          ? [health.status, 'no event yet', ...health.reasons.slice(0, 1)].join(' · ')
          : `${health.status} · ${number(health.events_per_s, 0)} events/s · lag ${number(health.consumer_lag, 0)} · last event ${clock(last)} UTC`,
  )
}

function take(live: Live): void {
  const data = dataOf(live.product)
  const isShown = live.product === chosen
  if (live.kind === 'candle') {
    if (data.putCandle(live.value) && isShown) chart.update(live.value)
  } else if (live.kind === 'signal') {
    data.putIndicators(live.start, live.value)
    if (isShown) chart.updateIndicators(live.start, live.value)
  } else if (live.kind === 'prediction') {
    if (data.model === null || live.model === data.model) data.predictions.put(live.value.time, live.value)
    if (live.value.alarm) marksChanged ||= isShown
  } else if (live.kind === 'settled') {
    if (data.model === null || live.model === data.model) data.putSettled(live.value)
    if (live.value.label === 1) marksChanged ||= isShown
  } else if (live.kind === 'window') data.putWindow(live.value)
  else if (live.value !== null) {
    data.putFill(live.value)
    marksChanged ||= isShown
  }
  cardsChanged ||= isShown
}

/** The market's own time: of the newest prediction or event, whatever this machine's clock says. */
function marketNow(): number {
  const last = health?.products.find(({ product }) => product === chosen)?.last_event ?? 0
  return Math.max(last, current()?.predictions.newest()?.time ?? 0)
}

function drawCards(): void {
  cardsChanged = false
  chance.show(marketNow())
  quality.show()
  portfolio.show()
  tables.show()
  if (current()?.isLoaded !== true) say('news-why', whyEmpty(current(), ''))
}

function beat(): void {
  if (document.hidden) return
  const data = current()
  if (marksChanged && data !== null) chart.mark(data)
  marksChanged = false
  if (cardsChanged) drawCards()
}

const [beatMs, healthMs, verdictMs] = [500, 3000, 30_000]

document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || target instanceof HTMLInputElement) return
  if (key === 't') theme.turn()
  const button = at('products').children[Number(key) - 1]
  if (button instanceof HTMLButtonElement) button.click()
})
drawCards()
// At once, and again as the stream begins: what comes in between is then in one of them.
loadHealth()
loadDrift()
setInterval(beat, beatMs)
setInterval(loadHealth, healthMs)
setInterval(() => {
  if (document.hidden) return
  loadDrift()
  if (chosen !== null) loadVerdict(chosen).then(drawCards)
}, verdictMs)
follow({
  take,
  begin: () => loadHealth().then(() => (chosen === null ? undefined : load(chosen))),
  away() {
    awaySince ??= Date.now() / 1000
    showFlow()
  },
  back() {
    awaySince = null
    showFlow()
  },
})
