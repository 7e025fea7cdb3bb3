import { createHash } from 'node:crypto'
import { SpikeError } from '../../errors.ts'

interface PdfObject {
  dictionary: string
  /** From `stream` on, empty without one. */
  rest: string
}

/**
 * The same PDF, its objects numbered in the order in which the catalogue reaches them, resources by name, its identifier taken
 * from its content. Typst's writer keeps fonts and pictures in hash tables, so each process numbers them otherwise.
 * Reads what that writer writes: one cross-reference table, no object streams (ISO 32000-1, 7.5.4).
 * @throws SpikeError CHECK_FAILED when the PDF is of another kind.
 */
export function canonicalPdf(pdf: Buffer): Buffer {
  const text = pdf.toString('latin1')
  const [, table] = /startxref\n(\d+)\n%%EOF\s*$/.exec(text) ?? []
  const trailer = text.slice(text.lastIndexOf('\ntrailer\n'))
  const [, id] = /\/ID \[\(([^)]+)\)/.exec(trailer) ?? []
  const [, root] = /\/Root (\d+) 0 R/.exec(trailer) ?? []
  const [, info] = /\/Info (\d+) 0 R/.exec(trailer) ?? []
  const [head] = /^%PDF-[^\n]*\n%[^\n]*\n/.exec(text) ?? []
  if (!table || !root || !info || !id || !head || !text.startsWith('xref\n', Number(table)))
    throw new SpikeError('CHECK_FAILED', 'the PDF has no cross-reference table of the kind that Typst writes')
  const objects = readObjects(text, Number(table))
  const numbers = new Map<number, number>()
  for (const first of [Number(root), Number(info)]) number(first, objects, numbers)

  const placed = [...numbers].map(([old, now]) => {
    const { dictionary, rest } = objects.get(old)!
    const renamed = dictionary.replace(reference, (_, target: string) => `${numbers.get(Number(target))} 0 R`)
    return `${now} 0 obj\n${renamed}${rest}\nendobj\n\n`
  })
  const blank = '0'.repeat(id.length)
  const body = placed.map(object => object.replaceAll(id, blank))
  const own = createHash('sha256').update(body.join(''), 'latin1').digest('base64').slice(0, id.length)
  const lines: string[] = []
  let offset = head.length + 1
  for (const object of placed) {
    lines.push(`${String(offset).padStart(10, '0')} 00000 n\r\n`)
    offset += object.length
  }
  const end = `trailer\n<<\n  /Size ${lines.length + 1}\n  /Root 1 0 R\n  /Info ${numbers.get(Number(info))} 0 R\n  /ID [(${own}) (${own})]\n>>\nstartxref\n${offset}\n%%EOF\n`
  const whole = `${head}\n${placed.map(object => object.replaceAll(id, own)).join('')}xref\n0 ${lines.length + 1}\n0000000000 65535 f\r\n${lines.join('')}${end}`
  return Buffer.from(whole, 'latin1')
}

const reference = /\b(\d+) 0 R\b/g

/** Objects by number; the resources of each in the order of their names. */
function readObjects(text: string, table: number): Map<number, PdfObject> {
  const entries = text.slice(table, text.indexOf('trailer', table)).matchAll(/^(\d{10}) (\d{5}) ([nf])\r?$/gm)
  const objects = new Map<number, PdfObject>()
  for (const [, offset, , state] of entries) {
    if (state === 'f') continue
    const start = Number(offset)
    const [opening, number] = /^(\d+) 0 obj\n/.exec(text.slice(start, start + 20)) ?? []
    if (opening === undefined) throw new SpikeError('CHECK_FAILED', `the PDF has no object at byte ${start}`)
    objects.set(Number(number), readObject(text, start + opening.length))
  }
  return objects
}

function readObject(text: string, start: number): PdfObject {
  const end = text.indexOf('\nendobj\n', start)
  const stream = text.indexOf('\nstream\n', start)
  if (stream < 0 || stream > end) return { dictionary: ordered(text.slice(start, end)), rest: '' }
  const dictionary = text.slice(start, stream)
  const bytes = Number(/\/Length (\d+)\n/.exec(dictionary)?.[1])
  return {
    dictionary: ordered(dictionary),
    rest: text.slice(stream, stream + '\nstream\n'.length + bytes + '\nendstream'.length),
  }
}

function ordered(dictionary: string): string {
  return dictionary.replace(
    /(<<\n)((?: +\/\w+ \d+ 0 R\n)+)(?= *>>)/g,
    (_, open: string, entries: string) => open + entries.match(/.*\n/g)!.sort().join(''),
  )
}

/** Numbers an object, then all that it refers to, depth first. */
function number(first: number, objects: Map<number, PdfObject>, numbers: Map<number, number>): void {
  const waiting = [first]
  while (waiting.length > 0) {
    const one = waiting.pop()!
    if (numbers.has(one)) continue
    numbers.set(one, numbers.size + 1)
    const targets = [...objects.get(one)!.dictionary.matchAll(reference)].map(([, target]) => Number(target))
    for (const target of targets.reverse()) waiting.push(target)
  }
}
