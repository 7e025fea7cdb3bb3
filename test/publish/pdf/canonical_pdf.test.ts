import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { canonicalPdf } from '../../../src/publish/pdf/canonical_pdf.ts'
import { evaluationPdf } from '../../../src/publish/pdf/evaluation_pdf.ts'
import { exampleEvaluation, exampleStrip } from '../../fixtures/example_evaluation.ts'

const writeItsSum = `
  const { createHash } = await import('node:crypto')
  const { evaluationPdf } = await import('../../../src/publish/pdf/evaluation_pdf.ts')
  const { exampleEvaluation, exampleStrip } = await import('../../fixtures/example_evaluation.ts')
  const pdf = await evaluationPdf(exampleEvaluation(), exampleStrip())
  console.log(createHash('sha256').update(pdf).digest('hex'))`

it('gives a report the same bytes in another process', async () => {
  const own = await evaluationPdf(exampleEvaluation(), exampleStrip())
  const other = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', writeItsSum], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  })
  expect(other.trim()).toBe(createHash('sha256').update(own).digest('hex'))
})

it('gives a canonical PDF back as it is, and points every entry of its table to its object', async () => {
  const pdf = await evaluationPdf(exampleEvaluation(), exampleStrip())
  expect(canonicalPdf(pdf).equals(pdf)).toBe(true)
  const text = pdf.toString('latin1')
  const entries = [...text.slice(text.lastIndexOf('\nxref\n')).matchAll(/^(\d{10}) 00000 n\r$/gm)]
  expect(entries.length).toBeGreaterThan(50)
  for (const [i, [, offset]] of entries.entries())
    expect(text.slice(Number(offset), Number(offset) + 12)).toMatch(new RegExp(`^${i + 1} 0 obj\n`))
})

it('refuses what is no PDF of Typst', () => {
  expect(() => canonicalPdf(Buffer.from('%PDF-1.7\n%%EOF\n'))).toThrow(/no cross-reference table/)
})
