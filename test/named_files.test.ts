import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const documents = [
  'CONTRIBUTING.md',
  'README.md',
  'docs/adding_a_feed.md',
  'docs/alerts.md',
  'docs/architecture.md',
  'docs/decisions.md',
  'docs/desk.md',
  'docs/determinism.md',
  'docs/drift.md',
  'docs/genai_appendix.md',
  'docs/reliability.md',
  'docs/runbook.md',
  'docs/scaling.md',
  'docs/signals.md',
]

/** Written by a run, or by the reader, so not in a checkout. */
const madeByRuns = /^(data|reports|handoff|mlruns|models\/artifacts)\//

/** Files and folders of the project that a document names in code marks or links. */
function namedPaths(text: string): string[] {
  const marked = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\/?|[\w-]+\.(?:ts|yaml|md))`/g)].map(match => match[1])
  const linked = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(match => match[1])
  return [...marked, ...linked].filter(path => !madeByRuns.test(path) && !/^(@|spike60\/|\.\/)/.test(path))
}

describe('documents', () => {
  it.each(documents)('%s names only files that exist', document => {
    const places = [root, join(root, dirname(document))]
    const missing = namedPaths(read(document)).filter(path => !places.some(place => existsSync(join(place, path))))
    expect(missing).toEqual([])
  })

  it('architecture names only functions that exist in the file beside them', () => {
    const text = read('docs/architecture.md')
    const pairs = [
      ...text.matchAll(/\| `([\w./]+\.ts)` \| `(\w+)` \|/g),
      ...text.matchAll(/`([\w./]+\.ts)`(?:, | \()`(\w+)`/g),
    ]
    expect(pairs.length).toBeGreaterThan(30)
    const missing = pairs.filter(
      ([, file, name]) => !new RegExp(`export (async )?(function\\*?|class|const) ${name}\\b`).test(read(file)),
    )
    expect(missing.map(([, file, name]) => `${file}: ${name}`)).toEqual([])
  })

  it('README names only commands that are in package.json, with options that they have', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const commands = [...read('README.md').matchAll(/npm run ([\w:]+)(?: -- ([^`\n]+))?/g)]
    expect(commands.length).toBeGreaterThan(10)
    for (const [line, name, options = ''] of commands) {
      expect(scripts[name], line).toBeDefined()
      const door = /node ([\w/.]+)/.exec(scripts[name])?.[1]
      if (door === undefined) continue
      const command = /'\.\.\/(src\/commands\/\w+\.ts)'/.exec(read(door))?.[1]
      const own = `bench/${options.split(' ')[0]}.ts`
      const texts = [read(command ?? door), name === 'bench' && existsSync(join(root, own)) ? read(own) : '']
      const source = texts.join('\n').replace('topicsOption', '--topics')
      for (const [flag] of options.matchAll(/--[\w-]+/g)) expect(source, `${line}: ${flag}`).toContain(flag)
    }
  })

  it.each([...documents, 'docs/feature_spec.md', 'docs/model_card_v1.md', 'docs/example/evaluation.json'])(
    '%s names no path of a machine',
    document => {
      expect(read(document)).not.toMatch(/(^|[^\w.])\/(home|root|tmp|work|Users)\//m)
    },
  )
})
