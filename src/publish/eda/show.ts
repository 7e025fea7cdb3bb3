import type { TopLevelSpec } from 'vega-lite'
import { markdownTable } from '../documents/markdown.ts'
import { renderSvg } from '../plots/plot.ts'

const bundle = Symbol.for('Jupyter.display')

/** What Deno's kernel shows when it is the last value of a cell. */
export interface Shown {
  [bundle]: () => Record<string, string>
}

/** A plot as SVG, lean, as wide as the page, and in a font that every browser has. */
export async function showPlot(spec: TopLevelSpec): Promise<Shown> {
  const drawn = await renderSvg({ ...spec, config: { ...spec.config, aria: false } })
  const svg = drawn.replace(/<svg([^>]*?) width="\d+" height="\d+"/, '<svg$1 style="width:100%;max-width:1100px"')
  const everywhere = svg.replaceAll('font-family="Inter"', 'font-family="Inter, Helvetica, Arial, sans-serif"')
  return { [bundle]: () => ({ 'image/svg+xml': everywhere, 'text/plain': titleOf(spec) }) }
}

/** A table. @param right columns, by place, that are aligned to the right. */
export function showTable(header: string[], rows: string[][], right: number[] = []): Shown {
  return showText(markdownTable(header, rows, right))
}

/** Markdown. */
export function showText(text: string): Shown {
  return { [bundle]: () => ({ 'text/markdown': text, 'text/plain': text }) }
}

function titleOf({ title }: TopLevelSpec): string {
  return typeof title === 'object' && 'text' in title ? String(title.text) : 'plot'
}
