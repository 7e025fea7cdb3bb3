import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'
import * as vega from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { theme } from './theme.ts'

/** The folder of the shipped font; plots and PDFs use no font of the machine. */
export const fontFolder: string = fileURLToPath(new URL('./fonts/', import.meta.url))

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
