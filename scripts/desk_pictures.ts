// The pictures of docs/desk.md, of a page that is being served: node scripts/desk_pictures.ts http://127.0.0.1:8000
import { launchBrowser } from '../test/harness/browser.ts'

const browser = await launchBrowser()
for (const [name, width, height, colorScheme] of [
  ['desk', 1280, 880, 'light'],
  ['desk_dark', 1280, 880, 'dark'],
  ['desk_phone', 390, 844, 'light'],
] as const) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  await page.goto(process.argv[2])
  await page.waitForSelector('#price[data-candles]:not([data-candles="0"])')
  await page.waitForSelector('#probability:not(:text-is("–"))')
  await page.waitForTimeout(1000)
  await page.screenshot({ path: `docs/pictures/${name}.png` })
  await page.close()
}
await browser.close()
