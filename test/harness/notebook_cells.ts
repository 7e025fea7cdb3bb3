export interface Cell {
  id: string
  cell_type: string
  source: string[]
  execution_count?: number | null
  outputs: { output_type: string; data?: Record<string, string | string[]> }[]
}

/** The cells of a notebook file that hold code. */
export function codeCells(text: string): Cell[] {
  return (JSON.parse(text).cells as Cell[]).filter(cell => cell.cell_type === 'code')
}

/** The plots that cells show, as SVG. */
export function plotsOf(cells: Cell[]): string[] {
  return cells
    .flatMap(cell => cell.outputs)
    .flatMap(({ data }) => (data?.['image/svg+xml'] === undefined ? [] : [[data['image/svg+xml']].flat().join('')]))
}
