const palette = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9']
const dashes = [
  [1, 0],
  [5, 2],
  [2, 2],
  [8, 2, 2, 2],
]

/** Colour and dash by product, the same in every plot, told apart without colour too. */
export function productScales(products: string[]): {
  colour: { domain: string[]; range: string[] }
  dash: { domain: string[]; range: number[][] }
} {
  const domain = [...new Set(products)]
  return {
    colour: { domain, range: domain.map((_, i) => palette[i % palette.length]) },
    dash: { domain, range: domain.map((_, i) => dashes[i % dashes.length]) },
  }
}

/** A legend of strokes, dashes included, without a title. */
export const lineLegend = { title: null, symbolType: 'stroke', symbolStrokeWidth: 2, symbolSize: 160 } as const
