import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiPages } from '../../scripts/build_api.ts'
import { readConfig } from '../../src/config.ts'
import { encodeEvent } from '../../src/core/events/event_json.ts'
import { featureNames } from '../../src/core/features/spec.ts'
import { defaultSettings } from '../../src/library/default_settings.ts'
import { digestOfSimulation, simulatedEvents } from '../fixtures/simulated_digest.ts'
import { framesOf } from '../fixtures/ticker_frames.ts'
import { evaluateInBrowser, lacksBrowser } from '../harness/browser.ts'
import { needs } from '../harness/needs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Entries that run wherever JavaScript does; `replay` is for Node alone. */
const portable = ['features', 'market', 'models', 'drift', 'indicators', 'trading']

/** A project of somebody's own, in which the packed package is installed. */
let project: string
let packed: string

/** What a user of `spike60/features` writes; `events` and `sha256` are the place's own. */
const consumer = `import { decodeEvent, defaultSettings, digestedBytes, Engines, RowCollector } from 'spike60/features'
export async function digestOf(lines) {
  const rows = new RowCollector()
  const engines = new Engines(defaultSettings, { row: (product, time, values) => rows.add(product, time, values) })
  for (const line of lines) engines.push(decodeEvent(line))
  const bytes = await new Blob(Array.from(digestedBytes(rows.takeTable()), block => block.slice())).arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
`

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'spike60-package-'))
  mkdirSync(join(project, 'node_modules'))
  const pack = ['pack', '--silent', '--pack-destination', project]
  packed = join(project, execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim())
  execFileSync('tar', ['xzf', packed], { cwd: project })
  execFileSync('mv', ['package', 'node_modules/spike60'], { cwd: project })
  for (const name of readdirSync(join(root, 'node_modules')))
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(project, 'digest.js'), consumer)
  writeFileSync(join(project, 'events.ndjson'), `${Array.from(simulatedEvents(), encodeEvent).join('\n')}\n`)
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

/** The Node that the machine has, which may be older than the project's own. */
function hostNode(): string {
  const own = join(root, 'node_modules')
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.startsWith(own))
  return folders.map(folder => join(folder, 'node')).find(path => existsSync(path)) ?? process.execPath
}

test.each([
  ["the host's plain Node", hostNode()],
  ["the project's", process.execPath],
])("the digest in %s, on the main thread and in a worker, is the project's own", async (_, node) => {
  writeFileSync(
    join(project, 'main.js'),
    `import { readFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { digestOf } from './digest.js'
const digest = await digestOf(readFileSync('events.ndjson', 'utf8').trim().split('\\n'))
if (isMainThread) new Worker('./main.js').once('message', other => console.log(digest, other))
else parentPort.postMessage(digest)
`,
  )
  const { stdout, stderr } = spawnSync(node, ['main.js'], { cwd: project, encoding: 'utf8' })
  const digest = await digestOfSimulation()
  expect({ stdout, stderr }).toEqual({ stdout: `${digest} ${digest}\n`, stderr: '' })
})

test("the portable entries are imported by the host's plain Node without a word", () => {
  const code = `for (const name of ${JSON.stringify(portable)}) console.log(name, Object.keys(await import('spike60/' + name)).length > 0)`
  const { stdout, stderr } = spawnSync(hostNode(), ['--input-type=module', '-e', code], {
    cwd: project,
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: portable.map(name => `${name} true\n`).join(''), stderr: '' })
})

test.each(portable)('%s is bundled for a browser with nothing of Node in it', async name => {
  const bundle = await rolldown({
    input: join(project, 'node_modules/spike60/dist/library', `${name}.js`),
    platform: 'browser',
  })
  const { output } = await bundle.generate({ format: 'esm' })
  expect(output.flatMap(({ type, ...chunk }) => (type === 'chunk' && 'imports' in chunk ? chunk.imports : []))).toEqual(
    [],
  )
})

test('the digest in a real browser is the same', needs(lacksBrowser), async () => {
  const bundle = await rolldown({ input: join(project, 'digest.js'), platform: 'browser' })
  const { output } = await bundle.generate({ format: 'iife', name: 'own' })
  const lines = readFileSync(join(project, 'events.ndjson'), 'utf8').trim().split('\n')
  const found = await evaluateInBrowser(output[0].code, page =>
    page.evaluate(given => Reflect.get(globalThis, 'own').digestOf(given), lines),
  )
  expect(found).toBe(await digestOfSimulation())
})

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('its types hold in a project with module %s, and rows are typed by feature', (module, moduleResolution) => {
  writeFileSync(
    join(project, 'typed.ts'),
    `import { type FeatureRow, rowOf } from 'spike60/features'
import { feedByName } from 'spike60/market'
import { averagePrecision } from 'spike60/models'
import { assembleReport } from 'spike60/drift'
import { movingAverage } from 'spike60/indicators'
import { Trader } from 'spike60/trading'
import { replay } from 'spike60/replay'
const row: FeatureRow = rowOf(new Float64Array(${featureNames.length}))
export const spread: number | null = row.spread_bps
// @ts-expect-error there is no such feature
export const wrong = row.spread_bp
export const used = [feedByName, averagePrecision, assembleReport, movingAverage, Trader, replay]
`,
  )
  const options = { module, moduleResolution, strict: true, noEmit: true, skipLibCheck: false, lib: ['es2023', 'dom'] }
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, types: [] }, files: ['typed.ts'] }),
  )
  const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
})

test('its command runs: frames of a user to rows, in the folder of a user', () => {
  writeFileSync(join(project, 'frames.ndjson'), framesOf(400))
  const bin = join(project, 'node_modules/spike60/bin/spike60.js')
  const args = ['replay', '--raw', 'frames.ndjson', '--out', 'rows/features.parquet', '--json']
  const { stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: project, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(existsSync(join(project, 'rows/features.parquet'))).toBe(true)
})

const tutorials = readFileSync(join(root, 'docs/tutorials.md'), 'utf8')
const blocks = [...tutorials.matchAll(/^`(\w+\.mjs)`\n\n```js\n([\s\S]*?)```/gm)]
const outputs = [...tutorials.matchAll(/^It prints\n\n```\n([\s\S]*?)```/gm)].map(([, printed]) => printed)

test("the tutorials print in the host's plain Node what they say", () => {
  for (const [, name, code] of blocks) writeFileSync(join(project, name), code)
  const printed = blocks.slice(1).map(([, name]) => {
    const { stdout, stderr } = spawnSync(hostNode(), [name], { cwd: project, encoding: 'utf8' })
    return stdout + stderr
  })
  expect(printed).toEqual(outputs)
  expect(printed.length).toBe(3)
})

test('docs/api is what `npm run build` makes of the docstrings, and no exported name lacks one', () => {
  const pages = apiPages(join(project, 'node_modules/spike60/dist'))
  const committed = Object.keys(pages).map(name => [name, readFileSync(join(root, 'docs/api', name), 'utf8')])
  expect(pages).toEqual(Object.fromEntries(committed))
})

test('the default settings are those of config.yaml', () => {
  const { time, features } = readConfig()
  expect(defaultSettings).toEqual({ ...time, ...features })
})

test('nothing of this machine or of tests is packed', () => {
  const listed = execFileSync('tar', ['tzf', packed], { encoding: 'utf8' })
  expect(listed).not.toMatch(/\.venv|\/test\/|\.cache|node_modules|\.db\b/)
})
