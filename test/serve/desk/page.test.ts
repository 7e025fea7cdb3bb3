import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDesk } from '../../../src/serve/desk/files.ts'
import { lacksBrowser, launchBrowser } from '../../harness/browser.ts'
import { needs } from '../../harness/needs.ts'
import { headline, serveMarket } from './served_market.ts'

test('the page asks for what is served, of no other host, and has nothing inline', () => {
  const desk = readDesk()
  const page = `${desk.get('/')!.bytes}`
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|style=|(?:src|href)="https?:\/\/(?!www\.tradingview\.com)/)
  const asked = [...page.matchAll(/(?:src|href)="(desk\/[^"]+)"/g)].map(([, path]) => `/${path}`)
  for (const [path, { bytes }] of desk)
    if (!/lightweight|uplot/.test(path))
      for (const [, name] of `${bytes}`.matchAll(/\bfrom '([^']+)'/g)) asked.push(`/desk/${name.replace('./', '')}`)
  expect(asked).toContain('/desk/lightweight-charts.js')
  expect(asked.filter(path => !desk.has(path))).toEqual([])
})

describe('in a browser', needs(lacksBrowser), () => {
  let browser: Browser
  let market: Awaited<ReturnType<typeof serveMarket>>
  beforeAll(async () => {
    ;[browser, market] = await Promise.all([launchBrowser(), serveMarket(240)])
  })
  afterAll(async () => {
    await browser?.close()
    await market?.end()
  })

  /** @param faults fills with what the browser complains of, such as its security policy. */
  async function open(faults: string[] = [], look: object = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...look })
    page.on('console', message => {
      if (message.type() === 'error' && !message.text().includes('status of 503')) faults.push(message.text())
    })
    page.on('pageerror', error => faults.push(String(error)))
    await page.goto(market.url)
    await page.waitForSelector('#price[data-candles]:not([data-candles="0"])')
    await page.waitForSelector('#probability:not(:text-is("–"))')
    return page
  }

  const startsIn = async (page: Page): Promise<string[]> => {
    await page.click('#price-table summary')
    await page.waitForSelector('#price-table tbody tr')
    const starts = await page.$$eval('#price-table tbody tr td:first-child', cells => cells.map(cell => cell.innerText))
    await page.click('#price-table summary')
    return starts
  }

  test('shows candles and whether the next minute is a spike, under the strict policy', async () => {
    const faults: string[] = []
    const page = await open(faults)
    expect(await page.innerText('#probability')).toBe('8.0\u00a0%')
    expect(await page.innerText('#beside')).toBe('0.6 × the base rate of 13\u00a0% · tau 5.00 bp')
    expect(await page.innerText('#such')).toBe('of 100 such, 0 came true (0 of 540 at 0\u00a0% to 10\u00a0%)')
    await page.waitForSelector('#simulated:not([hidden])')
    expect(faults).toEqual([])
    await page.close()
  })

  test('an anomaly a minute crowds out neither the one article nor alarms, and these no alert; PR-AUC has its interval', async () => {
    const page = await open()
    await page.waitForSelector('#happened li')
    const lines = await page.$$eval('#happened li', all => all.map(({ innerText }) => innerText))
    const of = (sign: string): string[] => lines.filter(line => line.includes(` ${sign} `))
    expect([of('◆').length, of('¶').length, of('●').length]).toEqual([20, 1, 21])
    expect(of('¶')[0]).toContain(headline)
    expect(of('●').at(-1)).toContain('price_move')
    await page.waitForSelector('#quality:has-text("–")')
    expect(await page.innerText('#quality')).toMatch(/PR-AUC\s+(\d\.\d\d) \(\d\.\d\d–\d\.\d\d\) · chance 0\.13/)
    await page.close()
  })

  test('draws each candle as it closes; with the server away and back, none is missing or twice', async () => {
    const page = await open()
    const drawn = (start: number) => page.waitForSelector(`#price[data-last="${start}"]`)
    await drawn(await market.closeMinute())
    await market.end()
    await page.waitForSelector('#status.away')
    await market.closeMinute()
    const last = await market.closeMinute()
    await market.begin()
    await drawn(last)
    await drawn(await market.closeMinute())
    const starts = await startsIn(page)
    expect(new Set(starts).size).toBe(starts.length)
    const minutes = starts.map(text => Date.parse(`2026-${text.replace(' ', 'T')}Z`) / 60_000)
    for (const [i, minute] of minutes.slice(1).entries()) expect(minutes[i] - minute).toBe(1)
    expect(await page.isHidden('#status.away')).toBe(true)
    await page.close()
  })

  test('two tabs show the same candles; one that was off the network has missed none', async () => {
    const [first, second] = [await open(), await open()]
    const drawn = (page: Page, start: number) => page.waitForSelector(`#price[data-last="${start}"]`)
    const one = await market.closeMinute()
    await Promise.all([drawn(first, one), drawn(second, one)])
    await second.context().setOffline(true)
    const missed = [await market.closeMinute(), await market.closeMinute()]
    await drawn(first, missed[1])
    await second.context().setOffline(false)
    await drawn(second, missed[1])
    const last = await market.closeMinute()
    await Promise.all([drawn(first, last), drawn(second, last)])
    expect(await startsIn(second)).toEqual(await startsIn(first))
    expect(new Set(await startsIn(second)).size).toBe((await startsIn(second)).length)
    await Promise.all([first.close(), second.close()])
  })

  test('is not wider than a phone, in the dark too', async () => {
    const page = await open([], { viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
    for (const summary of await page.$$('summary')) await summary.click()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await ground()).toBe('rgb(20, 23, 26)')
    await page.keyboard.press('t')
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.close()
  })
})
