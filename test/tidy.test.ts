import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { besideFeatures, examplePaths, handoffPaths, runPaths } from '../src/run_paths.ts'
import { codeCells } from './harness/notebook_cells.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Who may import whom: a room, and the rooms beside its own, as docs/architecture.md says under "Rooms". Every file may import
 * config, errors and run_paths. The room of a file is the longest one that its path begins with.
 */
const mayImport: Record<string, string[]> = {
  src: [],
  ...Object.fromEntries(
    [
      ...readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(
        /^\| `(src\/\S+)` \| (nothing|`src.*`) \|$/gm,
      ),
    ].map(([, room, allowed]) => [room, allowed.match(/src[\w/]*/g) ?? []]),
  ),
}
/** Packages that pure code may use: functions of their arguments, nothing else. */
const purePackages = ['ml-matrix', 'zod']
const impure =
  /\b(process|fetch|console|performance|globalThis|setTimeout|setInterval|setImmediate|Worker|structuredClone|crypto)\b(?=[.(])|\bDate\.now\b|new Date\(\)|\bMath\.random\b|\bimport\(|\bimport\.meta\b/
/** What the language leaves to the engine, in its last bit or whole: only the one door of src/core/math/numeric.ts gives it. */
const engineMade =
  /\bMath\.(?!(?:abs|ceil|floor|round|trunc|sign|min|max|sqrt|imul|fround|clz32|random)\b)[a-z]\w*|\*\*|\b(?:localeCompare|toLocale\w+|Intl)\b/
/** Functions of more than 70 lines. The list may only shrink. */
const longFunctions: string[] = []

interface Source {
  path: string
  text: string
  /** Without comments. */
  code: string
  /** Without comments and the inside of strings: what is code. */
  lines: string[]
  imports: { target: string; names: string[]; line: number }[]
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const blank = (found: string): string => found.replace(/[^\n]/g, ' ')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(^|\s)\/\/.*$/gm, blank)
  const imports = [...code.matchAll(/^(?:import|export)\b([^'";]*?)\bfrom '([^']+)'|^import '([^']+)'/gm)].map(
    found => ({
      target: (found[2] ?? found[3]).startsWith('.')
        ? join(dirname(path), found[2] ?? found[3])
        : (found[2] ?? found[3]),
      names: (found[1] ?? '').match(/\w+(?= as\b|\s*[,}])/g) ?? [],
      line: lineAt(text, found.index),
    }),
  )
  return { path, text, code, lines: code.replace(/'(?:[^'\\\n]|\\.)*'/g, "''").split('\n'), imports }
}

const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length)
const roomOf = (path: string): string => rooms.find(room => path.startsWith(`${room}/`)) ?? dirname(path)
const sources = filesIn('src').map(readSource)
const users = [...sources, ...['bench', 'test', 'scripts', 'features', 'models'].flatMap(filesIn).map(readSource)]
/** The notebook imports as a module does, and one file loads Kafka only when it is asked for. */
const inNotebook = new Set(
  codeCells(readFileSync(join(root, 'notebooks/eda.ipynb'), 'utf8'))
    .flatMap(({ source }) => [...source.join('').matchAll(/^import \{([^}]*)\}/gm)])
    .flatMap(([, names]) => names.match(/\w+/g) ?? []),
)
const lately = (name: string): boolean => sources.some(({ text }) => text.includes(`const { ${name} } = await import(`))

describe('the house', () => {
  test('a room imports only the rooms that the table allows', () => {
    expect(
      sources.filter(({ path }) => roomOf(path) === 'src' && path.split('/').length > 2).map(({ path }) => path),
    ).toEqual([])
    const faults = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target.startsWith('src/') && !/^src\/(config|errors|run_paths)\.ts$/.test(target))
        .filter(({ target }) => roomOf(target) !== roomOf(path))
        .filter(({ target }) => !mayImport[roomOf(path)].some(room => target.startsWith(`${room}/`)))
        .map(
          ({ target, line }) =>
            `${path}:${line}: ${roomOf(path)} may not import ${target}; pass it in, or move one of them`,
        ),
    )
    expect(faults).toEqual([])
  })

  test('what is under src/core/ reads no clock, file, socket, thread, timer or randomness', () => {
    const pure = sources.filter(({ path }) => path.startsWith('src/core/'))
    const faults = pure.flatMap(({ path, lines, imports }) => [
      ...imports
        .filter(
          ({ target }) =>
            !target.startsWith('src/') && !purePackages.some(name => target.split('/')[0] === name || target === name),
        )
        .map(
          ({ target, line }) => `${path}:${line}: pure code may not use ${target}; take what it gives as an argument`,
        ),
      ...lines.flatMap((line, at) => {
        const found = impure.exec(line)
        return found ? [`${path}:${at + 1}: pure code may not use ${found[0]}; take what it gives as an argument`] : []
      }),
    ])
    expect(faults).toEqual([])
  })

  test('no list is spread into the arguments of a call: a long one ends the process', () => {
    const spread =
      /\.(?:push|unshift|splice|concat)\([^(){[]*\.\.\.|\bMath\.(?:min|max)\([^(){[]*\.\.\.|fromCharCode\(\.\.\.|\.apply\(/
    const faults = sources.flatMap(({ path, lines }) =>
      lines.flatMap((line, at) =>
        spread.test(line) ? [`${path}:${at + 1}: loop, or use src/core/math/extremes.ts`] : [],
      ),
    )
    expect(faults).toEqual([])
  })

  test('what is under src/core/ gives the same bits in every JavaScript engine', () => {
    const faults = sources
      .filter(({ path }) => path.startsWith('src/core/') && path !== 'src/core/math/numeric.ts')
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, at) => {
          const found = engineMade.exec(line)
          return found
            ? [
                `${path}:${at + 1}: engines differ in ${found[0]}; take it from src/core/math/numeric.ts, or add it there`,
              ]
            : []
        }),
      )
    expect(faults).toEqual([])
  })

  test('no circle between files', () => {
    const targets = new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]))
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (path: string, way: string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '))
      if (done.has(path)) return
      done.add(path)
      for (const target of targets.get(path) ?? []) visit(target, [...way, path])
    }
    for (const { path } of sources) visit(path, [])
    expect(circles, 'move the shared type or constant into a file of its own').toEqual([])
  })

  test('no exported value that nobody uses', () => {
    const used = new Set(
      users.flatMap(({ imports }) => imports.flatMap(({ target, names }) => names.map(name => `${target} ${name}`))),
    )
    const faults = sources.flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => {
        const name = /^export (?:async )?(?:const|let|function\*?|class) (\w+)/.exec(line)?.[1]
        return name && !used.has(`${path} ${name}`) && !inNotebook.has(name) && !lately(name)
          ? [`${path}:${at + 1}: nobody imports ${name}; take 'export' away, or the code`]
          : []
      }),
    )
    expect(faults).toEqual([])
  })

  test('a path of a run stands in src/run_paths.ts and nowhere else', () => {
    const known: string[] = [runPaths, besideFeatures(''), handoffPaths, examplePaths].flatMap(Object.values)
    const names = new Set(known.filter(path => extname(path)).map(path => basename(path)))
    const literal = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g
    const isOfRun = (text: string, before: string): boolean =>
      /^(data|models\/artifacts|mlruns|reports|handoff)\//.test(text) ||
      names.has(basename(text)) ||
      (known.includes(text) && (/\/|^mlruns$/.test(text) || /\bjoin\([^()\n]*$/.test(before)))
    const faults = sources
      .filter(({ path }) => path !== 'src/run_paths.ts')
      .flatMap(({ path, code }) =>
        [...code.matchAll(literal)]
          .filter(({ 1: single = '', 2: double = '', 3: template = '' }) => !/\s/.test(single + double + template))
          .filter(({ 0: quoted, index }) => isOfRun(quoted.slice(1, -1), code.slice(0, index)))
          .map(({ 0: quoted, index }) => `${path}:${lineAt(code, index)}: take ${quoted} from src/run_paths.ts`),
      )
    expect(faults).toEqual([])
  })

  test('no function of more than 70 lines but those that were there', () => {
    const long = sources.flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => {
        const start =
          /^( *)(?:export )?(?:(?:private |static |async |\*)*(?:function\*? )?(\w+)(?:<.*>)?\((?:.*[{(])?|const (\w+) = .*=> [{(])$/.exec(
            line,
          )
        if (!start || /^(if|for|while|switch|return|await|test|describe|it|super)$/.test(start[2] ?? '')) return []
        const end = lines.findIndex(
          (other, below) =>
            below > at &&
            /\S/.test(other) &&
            other.startsWith(start[1]) &&
            /^[})]/.test(other.slice(start[1].length)) &&
            !/^\)?[^{]*\{$/.test(other.slice(start[1].length)),
        )
        return end - at + 1 > 70 ? [`${path} ${start[2] ?? start[3]}`] : []
      }),
    )
    expect(long.sort(), 'make it shorter, or strike it off the list').toEqual(longFunctions)
  })
})
