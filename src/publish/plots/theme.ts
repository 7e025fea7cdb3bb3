import type { Config } from 'vega-lite'

/** Colours of Okabe and Ito (2008), told apart with any colour vision; one meaning each in every plot. */
export const colours = {
  ink: '#222222',
  faint: '#8a8a8a',
  grid: '#e6e6e6',
  positive: '#d55e00',
  line: '#0072b2',
} as const

/** Who stands out in a plot: the recipe that the verdict speaks of, and the baseline that is hardest to beat. */
export interface Highlights {
  lead: string | undefined
  baseline: string | undefined
}

/** Look of a model: the recipe blue and thick, the hardest baseline orange and dashed, all others thin and grey. */
export function lookOf(
  name: string,
  { lead, baseline }: Highlights,
): { colour: string; dash: number[]; width: number } {
  if (name === lead) return { colour: colours.line, dash: [1, 0], width: 2.6 }
  if (name === baseline) return { colour: colours.positive, dash: [6, 3], width: 2 }
  return { colour: '#b4b4b4', dash: [1, 0], width: 1 }
}

/** A plot of one panel, as wide as a page's text with all its letters: axes and titles are inside. */
export const fullWidth = { width: 620, autosize: { type: 'fit', contains: 'padding' } } as const

/** Look shared by all plots: one font that is shipped, thin grid, no frame. */
export const theme: Config = {
  background: 'white',
  font: 'Inter',
  padding: 6,
  title: {
    anchor: 'start',
    color: colours.ink,
    fontSize: 13,
    fontWeight: 600,
    subtitleColor: '#555555',
    subtitleFontSize: 10.5,
    subtitlePadding: 4,
    offset: 10,
  },
  axis: {
    labelColor: '#444444',
    titleColor: colours.ink,
    labelFontSize: 10.5,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    gridColor: colours.grid,
    domainColor: '#aaaaaa',
    tickColor: '#aaaaaa',
    tickSize: 4,
  },
  legend: {
    labelFontSize: 10.5,
    titleFontSize: 10.5,
    titleFontWeight: 'normal',
    labelColor: colours.ink,
    symbolSize: 90,
    labelLimit: 0,
  },
  line: { strokeJoin: 'round', strokeCap: 'round' },
  view: { stroke: null },
  header: { labelFontSize: 11, labelFontWeight: 600, title: null },
}

/** Subtitle of a plot; on simulated data it says so first. */
export function subtitle(simulated: boolean, text: string): string {
  return simulated ? `Simulated data. ${text}` : text
}
