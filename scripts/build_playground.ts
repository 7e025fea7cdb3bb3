import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const folder = fileURLToPath(new URL('../docs/playground/', import.meta.url))
const look = fileURLToPath(new URL('../src/look.css', import.meta.url))

/** The script of docs/playground/index.html, the worker's own inside it. */
export async function playgroundScript(): Promise<string> {
  const workerScript = await bundle('worker.ts')
  return bundle('page.ts', { workerScript: JSON.stringify(workerScript) })
}

/** Writes it beside the page, and the look that all pages share. */
export async function buildPlayground(): Promise<void> {
  const path = `${folder}playground.js`
  rmSync(path, { force: true })
  copyFileSync(look, `${folder}look.css`)
  writeFileSync(path, await playgroundScript())
}

async function bundle(entry: string, define: Record<string, string> = {}): Promise<string> {
  const built = await rolldown({ input: folder + entry, platform: 'browser', transform: { define } })
  const { output } = await built.generate({ format: 'iife', minify: true })
  await built.close()
  return output[0].code
}
