import { dirname, join } from 'node:path'
import { NodeCompiler, type NodeTypstDocument } from '@myriaddreamin/typst-ts-node-compiler'
import { SpikeError } from '../../errors.ts'
import { fontFolder } from '../plots/plot.ts'
import { canonicalPdf } from './canonical_pdf.ts'

/** A template with the texts that it sees beside itself: `data.json`, plots as SVG. Nothing is written to disk. */
export interface Paper {
  template: string
  files: Record<string, string>
}

/**
 * Compiles a Typst template to PDF bytes with the shipped font; no date is written. The same input gives the same bytes, in
 * any process.
 * @throws SpikeError CHECK_FAILED with the compiler's own diagnostics: a fault of the template, not of the data.
 */
export function compilePdf(paper: Paper): Buffer {
  const { compiler, document } = compileDocument(paper)
  return canonicalPdf(compiler.pdf(document))
}

/** Whether the ends of a file are those of a PDF whose author is ours, as every template of a report says. */
export const isOurPdf = (first: string, last: string): boolean =>
  first.startsWith('%PDF-') && last.includes('/Author (spike60)')

/** The first page as an SVG, for a picture of the report. The compiler stacks all pages in one; the others are cut off. */
export function compileFirstPage(paper: Paper): string {
  const { compiler, document } = compileDocument(paper)
  const all = compiler.plainSvg(document)
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(all) ?? []
  const page = Number(height) / document.numOfPages
  const second = all.indexOf('\n    <path class="typst-shape"', all.indexOf('\n    </g>'))
  const one = second < 0 ? all : all.slice(0, second) + all.slice(all.indexOf('\n    <defs'))
  return inlinePlots(one).replace(
    /viewBox="[^"]*" width="[^"]*" height="[^"]*"/,
    `viewBox="0 0 ${width} ${page}" width="${width}" height="${page}"`,
  )
}

/** Puts embedded SVG images into the drawing itself: resvg gives no fonts to an image inside an image. */
function inlinePlots(svg: string): string {
  return svg.replace(
    /<image transform="([^"]*)" xlink:href="data:image\/svg\+xml;base64,([^"]*)" width="([^"]*)" height="([^"]*)"[^>]*\/>/g,
    (_, transform: string, base64: string, width: string, height: string) => {
      const plot = Buffer.from(base64, 'base64').toString()
      return `<g transform="${transform}">${plot.replace(/ width="[^"]*" height="[^"]*"/, ` width="${width}" height="${height}"`)}</g>`
    },
  )
}

function compileDocument({ template, files }: Paper): { compiler: NodeCompiler; document: NodeTypstDocument } {
  const workspace = dirname(template)
  const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontPaths: [fontFolder] }] })
  for (const [name, text] of Object.entries(files)) compiler.mapShadow(join(workspace, name), Buffer.from(text))
  const compiled = compiler.compile({ mainFilePath: template })
  if (compiled.result !== null) return { compiler, document: compiled.result }
  const error = compiled.takeError()
  const faults = error === null ? [] : compiler.fetchDiagnostics(error)
  throw new SpikeError('CHECK_FAILED', `${template}: Typst refused it: ${JSON.stringify(faults)}`)
}
