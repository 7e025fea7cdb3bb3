import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { lacksBrowser, launchBrowser } from '../../harness/browser.ts'
import { needs } from '../../harness/needs.ts'
import { serveMarket } from './served_market.ts'

/** Notes, in a page, when each candle has been on the screen: two frames after it was given to the chart. */
const noteDrawn = `
  window.drawn = []
  addEventListener('DOMContentLoaded', () => {
    const box = document.getElementById('price')
    new MutationObserver(() => {
      const { last, candles } = box.dataset
      requestAnimationFrame(() => requestAnimationFrame(() =>
        window.drawn.push({ last: Number(last), candles: Number(candles), at: Date.now(), since: performance.now() })))
    }).observe(box, { attributeFilter: ['data-last'] })
  })
`
interface Drawn {
  last: number
  candles: number
  at: number
  since: number
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 2 ** 20
}

test('each next candle is on the screen within a second, and days of them leave the heap flat', {
  ...needs(lacksBrowser),
  timeout: 240_000,
}, async () => {
  const [browser, market] = await Promise.all([launchBrowser(), serveMarket(240)])
  try {
    const open = async (): Promise<{ page: Page; painted: number }> => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      await page.addInitScript(noteDrawn)
      await page.goto(market.url)
      // Asked from here: the page's policy lets no text be run inside it.
      const whole = (): Promise<Drawn | undefined> =>
        page.evaluate('window.drawn.find(({ candles }) => candles === 240)')
      await expect.poll(whole, { timeout: 10_000 }).toBeDefined()
      return { page, painted: (await whole())!.since }
    }
    const firsts: number[] = []
    for (let i = 0; i < 5; i++) {
      const { page, painted } = await open()
      firsts.push(painted)
      await page.close()
    }
    firsts.sort((a, b) => a - b)
    const { page } = await open()
    const drawn = (): Promise<Drawn[]> => page.evaluate('window.drawn')
    const closed = new Map<number, number>()
    for (let i = 0; i < 100; i++) {
      const at = Date.now()
      const start = await market.closeMinute()
      closed.set(start, at)
      await page.waitForSelector(`#price[data-last="${start}"]`)
    }
    await page.waitForTimeout(200)
    const delays = (await drawn()).flatMap(({ last, at }) => (closed.has(last) ? [at - closed.get(last)!] : []))
    delays.sort((a, b) => a - b)
    const days: number[] = []
    for (let day = 0; day < 3; day++) {
      for (let hour = 0; hour < 24; hour++) {
        let last = 0
        for (let minute = 0; minute < 60; minute++) last = await market.closeMinute()
        await page.waitForSelector(`#price[data-last="${last}"]`)
      }
      await page.evaluate('window.drawn.length = 0')
      days.push(await heapOf(page))
    }
    console.log(
      `240 candles on the screen ${firsts.map(ms => ms.toFixed(0)).join(', ')} ms after the page was asked for; ${delays.length} candles, closed to drawn: median ${delays[delays.length >> 1]} ms, p99 ${delays[Math.floor(0.99 * delays.length)]} ms; heap after each of three days: ${days.map(megabytes => megabytes.toFixed(1)).join(', ')} MiB`,
    )
    // the quickest of five: a machine that does something else is no fault of the page
    expect(firsts[0]).toBeLessThanOrEqual(1000)
    expect(delays.length).toBeGreaterThan(90)
    expect(delays[Math.floor(0.99 * delays.length)]).toBeLessThanOrEqual(1000)
    expect(days[2] / days[1]).toBeLessThan(1.1)
  } finally {
    await browser.close()
    await market.end()
  }
})
