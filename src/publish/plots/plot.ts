import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'
import * as vega from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { readFontWidths } from './font_widths.ts'
import { theme } from './theme.ts'

/** The folder of the shipped font; plots and PDFs use no font of the machine. */
export const fontFolder: string = fileURLToPath(new URL('./fonts/', import.meta.url))

interface TextItem {
  fontSize?: number
  fontWeight?: number | string
}

const regular = readFontWidths(`${fontFolder}Inter-Regular.ttf`)
const semiBold = readFontWidths(`${fontFolder}Inter-SemiBold.ttf`)

// Without a canvas vega takes 0.8 em for each character, which moves titles and legends far off. Its types lack this export.
const { textMetrics } = vega as unknown as { textMetrics: { width(item: TextItem, text: unknown): number } }
textMetrics.width = (item, text) => {
  const measure = item.fontWeight === 600 || item.fontWeight === 'bold' ? semiBold : regular
  return measure(String(text ?? '')) * (item.fontSize ?? 11)
}

/** Draws a vega-lite spec as an SVG text, without a browser; the same spec gives the same bytes. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const { spec: compiled } = compile({ ...spec, config: { ...theme, ...spec.config } })
  vega.resetSVGDefIds()
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

/** What a plot shows, in words, for whoever cannot see it: its title and subtitle. */
export function describePlot({ title }: TopLevelSpec): string {
  const { text, subtitle } = (typeof title === 'object' ? title : { text: title }) as {
    text?: unknown
    subtitle?: unknown
  }
  return [text, subtitle].filter(line => typeof line === 'string').join('. ')
}

/** Turns an SVG into a PNG. @param zoom pixels for one unit of the SVG. */
export function renderPng(svg: string, zoom = 2): Buffer {
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    background: 'white',
    font: {
      loadSystemFonts: false,
      fontFiles: ['Inter-Regular.ttf', 'Inter-SemiBold.ttf'].map(name => fontFolder + name),
      defaultFontFamily: 'Inter',
    },
  })
  return picture.render().asPng()
}
