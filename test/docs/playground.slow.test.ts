import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { playgroundScript } from '../../scripts/build_playground.ts'
import { readConfig } from '../../src/config.ts'
import { replay } from '../../src/jobs/replay/replay.ts'
import { framesOf } from '../fixtures/ticker_frames.ts'
import { lacksBrowser, launchBrowser } from '../harness/browser.ts'
import { needs } from '../harness/needs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const captures = join(root, '../shared/captures')

let folder: string
let browser: Browser
let script: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-playground-'))
  script = await playgroundScript()
  for (const path of ['docs/playground/index.html', 'docs/playground/page.css', 'src/look.css'])
    writeFileSync(join(folder, basename(path)), readFileSync(join(root, path)))
  writeFileSync(join(folder, 'playground.js'), script)
  if (lacksBrowser === null) browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The page as a folder on a disk has it; `asked` fills with all that it asks of any network. */
async function openPage(): Promise<{ page: Page; asked: string[] }> {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await page.goto(pathToFileURL(join(folder, 'index.html')).href)
  return { page, asked }
}

/** What the page says of a file: its digest, or its faults. */
async function resultOf(page: Page, path: string): Promise<string> {
  await page.setInputFiles('#file', path)
  await page.waitForSelector('#result:not([hidden]), #faults:not([hidden])')
  return page.$eval('#result', element => !element.hidden).then(done => page.innerText(done ? '#digest' : '#faults'))
}

async function replayDigest(path: string): Promise<string> {
  return (await replay({ raw: [path], out: null, config: readConfig() })).digest
}

function write(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

describe('the page', needs(lacksBrowser), () => {
  test.each([
    ['plain', 'ticks.ndjson', (text: string) => text],
    ['gzip', 'ticks.ndjson.gz', (text: string) => gzipSync(text)],
    [
      'a JSON list in UTF-16',
      'list.json',
      (text: string) => Buffer.from(`\ufeff[${text.trim().split('\n')}]`, 'utf16le'),
    ],
  ])('gives a made-up file the digest that replay gives it: %s', async (_, name, pack) => {
    const path = write(name, pack(`${framesOf(200)}no JSON\n`))
    const { page, asked } = await openPage()
    expect(await resultOf(page, path)).toBe(await replayDigest(path))
    expect(await page.locator('figure svg path').count()).toBe(3)
    expect(await page.locator('tbody tr').count()).toBe(50)
    expect(await page.innerText('#left-out')).toContain('not_json')
    expect(asked.filter(url => !/^(file|blob|data):/.test(url))).toEqual([])
    await page.close()
  })

  const lacksCaptures = existsSync(captures) ? lacksBrowser : 'there are no captures in ../shared'
  test.each(['coinbase-ticker-2026-04-04T2254.ndjson.gz', 'coinbase-exchange-2025-11-legacy.ndjson.gz'])(
    '… and a real capture: %s',
    needs(lacksCaptures),
    async name => {
      const { page } = await openPage()
      expect(await resultOf(page, join(captures, name))).toBe(await replayDigest(join(captures, name)))
      await page.close()
    },
  )

  test('says of every other file what it is, and takes the next one', async () => {
    const { page } = await openPage()
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    const packed = gzipSync(framesOf(60))
    const cases: [path: string, said: RegExp][] = [
      [write('picture.png', png), /picture\.png: is a picture \(PNG\)/],
      [write('empty.ndjson', ''), /empty\.ndjson: is empty/],
      [write('cut.ndjson.gz', packed.subarray(0, packed.length / 2)), /cut, or more than one archive/],
      [write('frames.zst', Buffer.from('28b52ffd00000000', 'hex')), /unpack it first: zstd -d/],
      [write('poem.txt', 'no frames\nat all\n'), /has no usable line of 2: the first is not JSON/],
      [
        write('other.ndjson', framesOf(60).replaceAll('BTC-USD', 'DOGE-USD').replaceAll('ETH-USD', 'DOGE-USD')),
        /name them under Products/,
      ],
    ]
    for (const [path, said] of cases) expect(await resultOf(page, path), basename(path)).toMatch(said)
    await page.fill('#products', 'DOGE-USD')
    expect(await resultOf(page, join(folder, 'other.ndjson'))).toMatch(/^[0-9a-f]{64}$/)
    await page.close()
  })

  test('takes a file that is dropped, and of two none', async () => {
    const { page } = await openPage()
    const drop = async (count: number): Promise<void> => {
      const dropped = `(() => {
        const transfer = new DataTransfer()
        for (let n = 0; n < ${count}; n++) transfer.items.add(new File([${JSON.stringify(framesOf(60))}], 'ticks' + n + '.ndjson'))
        return transfer
      })()`
      await page.dispatchEvent('#drop', 'drop', { dataTransfer: await page.evaluateHandle(dropped) })
    }
    await drop(2)
    expect(await page.innerText('#faults')).toContain('2 files were dropped: drop one')
    await drop(1)
    await page.waitForSelector('#result:not([hidden])')
    expect(await page.innerText('#result-title')).toBe('ticks0.ndjson')
    await page.close()
  })

  test('can be told to stop', async () => {
    const { page } = await openPage()
    const path = write('long.ndjson', framesOf(200).repeat(100))
    await page.setInputFiles('#file', path)
    await page.click('#stop')
    expect(await page.isHidden('#progress')).toBe(true)
    expect(await page.isHidden('#result')).toBe(true)
    await page.close()
  })

  test('is not wider than a phone', async () => {
    const { page } = await openPage()
    await resultOf(page, write('ticks.ndjson', framesOf(200)))
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.close()
  })
})
