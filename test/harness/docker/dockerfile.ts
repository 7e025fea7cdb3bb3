import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

export interface Instruction {
  word: string
  rest: string
}

const words = new Set([
  'FROM',
  'ENV',
  'WORKDIR',
  'COPY',
  'RUN',
  'USER',
  'VOLUME',
  'EXPOSE',
  'HEALTHCHECK',
  'ENTRYPOINT',
  'CMD',
])

/** The instructions of a Dockerfile, continued lines joined. @throws Error on a word that no Dockerfile of ours uses. */
export function readDockerfile(path: string): Instruction[] {
  const lines = readFileSync(path, 'utf8').replaceAll(/\\\n/g, ' ').split('\n')
  return lines
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .map(line => {
      const [, word, rest] = line.match(/^([A-Z]+)\s+(.*)$/) ?? []
      if (!words.has(word)) throw new Error(`${path}: ${line}`)
      return { word, rest: rest.replaceAll(/\s+/g, ' ').trim() }
    })
}

/** What the last instruction of that kind says, as the words of its JSON form. */
export function execForm(instructions: Instruction[], word: string): string[] {
  const rest = instructions.findLast(instruction => instruction.word === word)?.rest ?? '[]'
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}

/** ENV of a Dockerfile. */
export function environmentOf(instructions: Instruction[]): Record<string, string> {
  const text = instructions
    .filter(i => i.word === 'ENV')
    .map(i => i.rest)
    .join(' ')
  return Object.fromEntries(text.split(' ').map(pair => pair.split('=') as [string, string]))
}

/** Files and folders of the context that a COPY takes, ignored ones left out; each with the folder or name it gets. */
export function copies(instructions: Instruction[], context: string, ignore: (path: string) => boolean) {
  return instructions
    .filter(({ word }) => word === 'COPY')
    .flatMap(({ rest }) => {
      const parts = rest.split(' ')
      const to = parts.at(-1)!
      return parts.slice(0, -1).map(pattern => {
        const found = globSync(pattern, { cwd: context }).filter(path => !ignore(path))
        return { pattern, found, to }
      })
    })
}

/** Whether .dockerignore keeps a path out of the context: the last rule that matches it, or a folder above it, decides. */
export function readDockerignore(path: string): (path: string) => boolean {
  const rules = readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .map(line => ({ keep: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }))
  return file => {
    const parts = file.split('/')
    const heads = parts.map((_, i) => parts.slice(0, i + 1).join('/'))
    return rules.reduce((out, { keep, pattern }) => (heads.some(head => pattern.test(head)) ? !keep : out), false)
  }
}

/** `*` stops at a slash and, unlike a shell's, takes a leading dot; `**` does not stop. */
function patternOf(glob: string): RegExp {
  const parts: Record<string, string> = { '**/': '(.*/)?', '**': '.*', '*': '[^/]*', '.': '\\.' }
  return new RegExp(`^${glob.replace(/\*\*\/|\*\*|\*|\./g, part => parts[part])}$`)
}

/**
 * Lays out in `target` what the image would hold: what COPY takes, and of node_modules only what `npm ci --omit=dev` installs.
 */
export function layOut(
  instructions: Instruction[],
  context: string,
  ignore: (path: string) => boolean,
  target: string,
): void {
  for (const { found, to } of copies(instructions, context, ignore)) {
    for (const path of found) {
      const place = join(target, to, to.endsWith('/') ? basename(path) : '')
      mkdirSync(dirname(place), { recursive: true })
      cpSync(join(context, path), place, {
        recursive: true,
        filter: source => !ignore(relative(context, source)),
      })
    }
  }
  const lock = JSON.parse(readFileSync(join(context, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    if (dev || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path)) continue
    mkdirSync(dirname(join(target, path)), { recursive: true })
    symlinkSync(join(context, path), join(target, path))
  }
}
