import type { Config } from 'vega-lite'

/** Colours of Okabe and Ito (2008), told apart with any colour vision; one meaning each in every plot. */
export const colours = {
  ink: '#222222',
  faint: '#8a8a8a',
  grid: '#e6e6e6',
  positive: '#d55e00',
  line: '#0072b2',
} as const

const learned = ['#0072b2', '#009e73', '#cc79a7', '#56b4e9', '#d55e00']
const baselines = ['#555555', '#e69f00', '#999999', '#b08d57', '#7a5195']

/** Colour and dash of each model, in the order of the evaluation: learned models solid, baselines dashed. */
export function modelStyles(models: { name: string; kind: 'baseline' | 'learned' }[]): {
  name: string
  colour: string
  dash: number[]
}[] {
  const used = { baseline: 0, learned: 0 }
  return models.map(({ name, kind }) => {
    const palette = kind === 'learned' ? learned : baselines
    const place = used[kind]++
    return {
      name,
      colour: palette[place % palette.length],
      dash:
        kind === 'learned'
          ? [1, 0]
          : [
              [5, 3],
              [2, 2],
              [8, 3, 2, 3],
              [1, 3],
            ][place % 4],
    }
  })
}

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
