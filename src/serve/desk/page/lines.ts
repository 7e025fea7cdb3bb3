import uPlot from 'uplot'
import { colour } from './theme.ts'

export interface Line {
  name: string
  /** Of desk.css. */
  colour: string
  dash?: number[]
  fill?: boolean
  points?: boolean
}

export interface LinesOptions {
  lines: Line[]
  height: number
  /** Numbers along the axis; else times of day in UTC. */
  numbers?: boolean
  range?: [low: number, high: number]
  xRange?: [low: number, high: number]
  /** How a value is written at the axis. */
  write(value: number): string
}

/** A plot of lines that is as wide as its box and takes the page's colours. */
export class Lines {
  private readonly box: HTMLElement
  private readonly options: LinesOptions
  private plot: uPlot | null = null
  private data: (number | null)[][] = []

  constructor(box: HTMLElement, options: LinesOptions) {
    this.box = box
    this.options = options
    new ResizeObserver(() => {
      if (this.plot !== null && this.plot.width !== box.clientWidth)
        this.plot.setSize({ width: box.clientWidth, height: options.height })
    }).observe(box)
  }

  /** @param data the places along the axis, then the values of each line. */
  show(data: (number | null)[][]): void {
    this.data = data
    if (data[0].length < 2) {
      this.plot?.destroy()
      this.plot = null
    } else if (this.plot === null) this.paint()
    else this.plot.setData(data as uPlot.AlignedData)
  }

  /** Draws it anew, in the colours of now. */
  paint(): void {
    this.plot?.destroy()
    this.plot = null
    if ((this.data[0]?.length ?? 0) < 2) return
    const { lines, height, numbers, range, xRange, write } = this.options
    const axis: uPlot.Axis = {
      ...{ stroke: colour('soft'), font: '11px system-ui', size: 24 },
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
    }
    const options: uPlot.Options = {
      ...{ width: this.box.clientWidth, height, legend: { show: false }, cursor: { show: false } },
      ...{ tzDate: (seconds: number) => uPlot.tzDate(new Date(1000 * seconds), 'UTC'), padding: [6, 20, 0, 0] },
      scales: { x: { time: !numbers, ...(xRange && { range: xRange }) }, y: range ? { range } : {} },
      axes: [
        {
          ...axis,
          ...(numbers
            ? { values: (_: uPlot, at: number[]) => at.map(write) }
            : { values: (_: uPlot, at: number[]) => at.map(hour) }),
        },
        { ...axis, size: 52, values: (_, at) => at.map(write) },
      ],
      series: [
        {},
        ...lines.map(
          ({ name, colour: of, dash, fill, points }): uPlot.Series => ({
            ...{
              label: name,
              stroke: colour(of),
              width: 2,
              dash,
              points: { show: points ?? false, size: 7, fill: colour(of) },
            },
            ...(fill && { fill: `${colour(of)}33` }),
          }),
        ),
      ],
    }
    this.plot = new uPlot(options, this.data as uPlot.AlignedData, this.box)
  }
}

function hour(seconds: number): string {
  return new Date(1000 * seconds).toISOString().slice(11, 16)
}
