import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** Why no browser can be started here; null where one can. */
export const lacksBrowser = executablePath ? null : 'there is no chromium'

/**
 * What an expression gives in a page of a real browser in which a script ran. The page is served over https, as `crypto.subtle`
 * asks for.
 */
export async function evaluateInBrowser<Result>(
  script: string,
  evaluate: (page: Page) => Promise<Result>,
): Promise<Result> {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    await page.route('https://spike60.test/', route => route.fulfill({ contentType: 'text/html', body: '' }))
    await page.goto('https://spike60.test/')
    await page.addScriptTag({ content: script })
    return await evaluate(page)
  } finally {
    await browser.close()
  }
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
