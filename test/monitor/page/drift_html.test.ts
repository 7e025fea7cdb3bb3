import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeDriftReport } from '../../../src/monitor/write_drift_report.ts'
import { writeTable } from '../../../src/stores/parquet.ts'
import { syntheticTable } from '../../fixtures/synthetic_sides.ts'
import { lacksBrowser, launchBrowser } from '../../harness/browser.ts'
import { needs } from '../../harness/needs.ts'

describe('the drift report in a real browser', needs(lacksBrowser), () => {
  const folder = mkdtempSync(join(tmpdir(), 'drift-'))
  let browser: Browser
  let page: Page
  let html: string
  const problems: string[] = []
  const names = (part = ''): Promise<string[]> => page.locator(`${part} tr.column:visible button.open`).allInnerTexts()

  beforeAll(async () => {
    const [reference, current] = [join(folder, 'train.parquet'), join(folder, 'test.parquet')]
    await writeTable(reference, syntheticTable(5000, 1_700_000_000, 1), { 'spike60.simulated': 'true' })
    await writeTable(current, syntheticTable(5000, 1_700_010_000, 2, 1.3), { 'spike60.simulated': 'true' })
    ;({ html } = await writeDriftReport({ source: { reference, current }, out: folder, name: 'report' }))
    browser = await launchBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  async function open(width: number): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 900 } })
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
    })
    page.on('request', request => {
      if (!/^(file|data):/.test(request.url())) problems.push(`asks for ${request.url()}`)
    })
    await page.goto(pathToFileURL(html).href)
  }

  test('opens without errors, fetches nothing, says simulated, is small', async () => {
    await open(1280)
    expect(await page.locator('.banner').innerText()).toMatch(/Simulated/)
    expect(await names()).toHaveLength(await page.locator('tr.column').count())
    expect(statSync(html).size).toBeLessThan(600_000)
    expect(problems).toEqual([])
  })

  test('sorts by a heading, both ways, and says so', async () => {
    const heading = page.getByRole('columnheader', { name: /^Column\s*$/ })
    await heading.getByRole('button').click()
    const ascending = await names('tbody:not(.apart)')
    expect(ascending).toEqual([...ascending].sort())
    expect(await heading.getAttribute('aria-sort')).toBe('ascending')
    await heading.getByRole('button').press('Enter')
    expect(await names('tbody:not(.apart)')).toEqual([...ascending].reverse())
    expect(await heading.getAttribute('aria-sort')).toBe('descending')
  })

  test('calendar and coverage stand apart, and every line of the contents leads somewhere', async () => {
    const apart = await names('.apart')
    expect(apart).toContain('hour_sin')
    expect((await names()).slice(-apart.length)).toEqual(apart)
    for (const link of await page.locator('.contents a').all())
      expect(await page.locator((await link.getAttribute('href'))!).count()).toBe(1)
  })

  test('filters by name and by verdict', async () => {
    await page.getByLabel('Find a column').fill('spread')
    const found = await names()
    expect(found.length).toBeGreaterThan(2)
    expect(found.every(name => name.includes('spread'))).toBe(true)
    expect(await page.getByRole('status').innerText()).toMatch(`${found.length} of`)
    await page.getByLabel('Find a column').fill('')
    await page.getByLabel('Show').selectOption('disagree')
    expect(await names()).toContain('return_1s')
    await page.getByLabel('Show').selectOption('all')
  })

  test('a row opens with the keyboard into its charts, and closes', async () => {
    const button = page.getByRole('button', { name: 'spread_bps' })
    await button.focus()
    await page.keyboard.press('Enter')
    expect(await button.getAttribute('aria-expanded')).toBe('true')
    const detail = page.locator(`#${await button.getAttribute('aria-controls')}`)
    expect(await detail.locator('.charts svg:visible').count()).toBe(3)
    expect(await detail.locator('svg').first().getAttribute('aria-label')).toMatch(/spread_bps/)
    await page.keyboard.press('Enter')
    expect(await detail.isVisible()).toBe(false)
  })

  test.each([390, 1280])('nothing overflows at a width of %i px, details open', async width => {
    await page.close()
    await open(width)
    await page.locator('button.open').first().click()
    const [needed, room] = (await page.evaluate(
      '[document.documentElement.scrollWidth, window.innerWidth]',
    )) as number[]
    expect(needed).toBeLessThanOrEqual(room)
    expect(problems).toEqual([])
  })
})
