import { dirname, join } from 'node:path'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { SpikeError } from '../errors.ts'
import { fontFolder } from './plot.ts'

/**
 * Compiles a Typst file to PDF bytes with the shipped font; the same input gives the same bytes (no date is written).
 * @param main path of the template, which reads the files below by name.
 * @param files texts that the template sees beside itself: `data.json`, plots as SVG. Nothing is written to disk.
 * @throws SpikeError CHECK_FAILED with the compiler's own diagnostics: a fault of the template, not of the data.
 */
export function compilePdf(main: string, files: Record<string, string>): Buffer {
  const workspace = dirname(main)
  const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontPaths: [fontFolder] }] })
  for (const [name, text] of Object.entries(files)) compiler.mapShadow(join(workspace, name), Buffer.from(text))
  const compiled = compiler.compile({ mainFilePath: main })
  if (compiled.result === null) {
    const error = compiled.takeError()
    const faults = error === null ? [] : compiler.fetchDiagnostics(error)
    throw new SpikeError('CHECK_FAILED', `${main}: Typst refused it: ${JSON.stringify(faults)}`)
  }
  return compiler.pdf(compiled.result)
}
