import { readdirSync, readFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type StaticFile, staticFile } from '../static_file.ts'

const folder = fileURLToPath(new URL('page/', import.meta.url))
const look = fileURLToPath(new URL('../../look.css', import.meta.url))
const packages = createRequire(import.meta.url)

/** What the two chart libraries bring, as their packages have it; the first with the one package that it needs inside it. */
const libraries = [
  ['lightweight-charts.js', 'lightweight-charts', 'lightweight-charts.standalone.production.mjs'],
  ['uplot.js', 'uplot', 'uPlot.esm.js'],
  ['uplot.css', 'uplot', 'uPlot.min.css'],
]

/**
 * The page by the paths it is asked for with: `/`, and `/desk/NAME` for all that it loads. Its scripts are the TypeScript of this
 * folder without the types, so that nothing has to be built.
 */
export function readDesk(): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    if (name.endsWith('.ts')) files.set(`/desk/${name.replace('.ts', '.js')}`, staticFile('js', scriptOf(text)))
    else if (name.endsWith('.css')) files.set(`/desk/${name}`, staticFile('css', text))
  }
  files.set('/desk/look.css', staticFile('css', readFileSync(look, 'utf8')))
  files.set('/desk/recent.js', staticFile('js', scriptOf(readSource('../recent'))))
  for (const [name, library, file] of libraries)
    files.set(`/desk/${name}`, staticFile(name.endsWith('.css') ? 'css' : 'js', readPackage(library, file)))
  files.set('/', staticFile('html', withPreloads(readFileSync(join(folder, 'index.html'), 'utf8'), [...files.keys()])))
  return files
}

/** All scripts are asked for at once, not each when the one that imports it has come; and so is what the page asks first. */
function withPreloads(html: string, paths: string[]): string {
  const scripts = paths
    .filter(path => path.endsWith('.js'))
    .map(path => `<link rel="modulepreload" href="${path.slice(1)}">`)
  const health = '<link rel="preload" href="health" as="fetch" crossorigin>'
  return html.replace('<script type="module"', `${[...scripts, health].join('\n')}\n$&`)
}

/** Every module is asked for beside the one that imports it. */
function scriptOf(source: string): string {
  return withoutTypes(source).replace(/(?<=\bfrom ')(?:[./]*\/)?([\w-]+)(?:\.ts)?(?=')/g, './$1.js')
}

/** Node still warns that this function of its may change; nobody who looks at a page can do anything about that. */
function withoutTypes(text: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}

/** A module of the server that the page uses too; in the published package it is JavaScript. */
function readSource(path: string): string {
  const own = fileURLToPath(import.meta.url)
  return readFileSync(join(dirname(own), `${path}${own.slice(-3)}`), 'utf8')
}

function readPackage(name: string, file: string): string {
  return readFileSync(join(dirname(packages.resolve(`${name}/package.json`)), 'dist', file), 'utf8')
}
