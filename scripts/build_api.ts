import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const comment = String.raw`\/\*\*(?:(?!\*\/)[\s\S])*\*\/`

/**
 * The reference of the package's entries as Markdown, by file name, from the declarations that the compiler made of them.
 * @param declarations the folder of those, dist.
 * @throws Error with each exported name that has no docstring.
 */
export function apiPages(declarations: string): Record<string, string> {
  const missing: string[] = []
  const pages: Record<string, string> = {}
  for (const name of entriesOf(root)) {
    const path = join(declarations, 'library', `${name}.d.ts`)
    const text = readFileSync(path, 'utf8')
    const sections = exportsOf(text).map(({ exported, from }) => {
      const { doc, code } = declarationOf(
        readFileSync(join(dirname(path), from.replace(/\.[jt]s$/, '.d.ts')), 'utf8'),
        exported,
      )
      if (doc === '') missing.push(`${name}: ${exported} (${from})`)
      const { prose, example } = readComment(doc)
      return `## ${exported}\n\n${prose}${fenced(code)}${example && `\nFor example\n${fenced(example)}`}`
    })
    const about = readComment(text.match(new RegExp(comment))?.[0].replace('@module', '') ?? '').prose
    const written = '<!-- Written from src/library by `npm run build`; do not edit by hand. -->'
    pages[`${name}.md`] = `# spike60/${name}\n\n${written}\n\n${about}\n${sections.join('\n')}`
  }
  if (missing.length > 0) throw new Error(`no docstring:\n${missing.join('\n')}`)
  return pages
}

function entriesOf(folder: string): string[] {
  const exported = Object.keys(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).exports)
  const files = readdirSync(join(folder, 'src/library')).map(file => basename(file, '.ts'))
  return files.filter(name => exported.includes(`./${name}`))
}

function exportsOf(text: string): { exported: string; from: string }[] {
  return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)].flatMap(([, names, from]) =>
    names.split(',').map(name => ({ exported: name.trim().replace(/^type /, ''), from })),
  )
}

/** A declaration of a file, without its private parts, and the comment above it. */
function declarationOf(text: string, name: string): { doc: string; code: string } {
  const start = new RegExp(
    `(?:^(${comment})\\n)?^export (?:declare )?(?:class|function\\*?|const|interface|type) ${name}\\b`,
    'm',
  )
  const found = start.exec(text)
  if (found === null) throw new Error(`${name} is declared nowhere`)
  const doc = found[1] ?? ''
  const lines = text.slice(found.index + (doc === '' ? 0 : doc.length + 1)).split('\n')
  let depth = 0
  const end = lines.findIndex(line => {
    const code = line.replace(/\/\*.*?\*\/|^\s*(?:\/\*|\*).*|'[^']*'/g, '').replaceAll('=>', '')
    for (const sign of code) depth += '{(<['.includes(sign) ? 1 : '})>]'.includes(sign) ? -1 : 0
    return depth === 0 && /[;}]\s*$/.test(code)
  })
  const own = new RegExp(`^ {4}(?:${comment}\\n {4})?private [^\\n]*\\n`, 'gm')
  return {
    doc,
    code: lines
      .slice(0, end + 1)
      .join('\n')
      .replace(own, '')
      .replace(/^export declare |^export /, ''),
  }
}

/** A comment as Markdown, its tags as lines of a list; and its example. */
function readComment(doc: string): { prose: string; example: string } {
  const lines = doc.replace(/^\/\*\*|\*\/$/g, '').split('\n')
  const text = lines.map(line => line.replace(/^\s*\* ?/, '').trimEnd()).join('\n')
  const [prose, example = ''] = text.trim().split(/^@example\n/m)
  const listed = prose
    .replace(/\n(?=@)/, '\n\n')
    .replace(/^@param (\w+)/gm, '* `$1`:')
    .replace(/^@(returns|throws)/gm, '* $1')
  return { prose: `${listed.trim()}\n`, example: example.trim() }
}

function fenced(code: string): string {
  return `\n\`\`\`ts\n${code}\n\`\`\`\n`
}

if (import.meta.main) {
  const folder = join(root, 'docs/api')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(apiPages(join(root, 'dist')))) writeFileSync(join(folder, name), text)
}
