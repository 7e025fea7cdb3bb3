import { Resvg } from '@resvg/resvg-js'
import { describe, expect, it } from 'vitest'
import { readFontWidths } from '../../../src/publish/plots/font_widths.ts'
import { plotImportance } from '../../../src/publish/plots/importance.ts'
import { plotLifts } from '../../../src/publish/plots/lifts.ts'
import { fontFolder, renderPng, renderSvg } from '../../../src/publish/plots/plot.ts'
import { plotPrCurve } from '../../../src/publish/plots/pr_curve.ts'
import { plotPriceStrip } from '../../../src/publish/plots/price_strip.ts'
import { plotReliability } from '../../../src/publish/plots/reliability.ts'
import { plotScores } from '../../../src/publish/plots/scores.ts'
import { plotSigmaPercentiles } from '../../../src/publish/plots/sigma_percentiles.ts'
import { lookOf } from '../../../src/publish/plots/theme.ts'
import { plotThresholds } from '../../../src/publish/plots/thresholds.ts'
import { exampleEvaluation, exampleStrip } from '../../fixtures/example_evaluation.ts'
import { walkedEvaluation } from '../../fixtures/walked_evaluation.ts'

const evaluation = exampleEvaluation()
const plots = {
  scores: () => plotScores(evaluation),
  pr_curve: () => plotPrCurve(evaluation),
  reliability: () => plotReliability(evaluation),
  sigma_percentiles: () => plotSigmaPercentiles(evaluation),
  lifts: () => plotLifts(walkedEvaluation())!,
  thresholds: () => plotThresholds(evaluation)!,
  importance: () => plotImportance(walkedEvaluation())!,
  price_strip: () => plotPriceStrip(exampleStrip().products[0], 0.104, true),
}

/** Texts of an SVG, in order. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(match => match[1])
}

describe('plots', () => {
  for (const [name, spec] of Object.entries(plots)) {
    it(`${name}: the same bytes twice, called simulated, in the shipped font only`, async () => {
      const svg = await renderSvg(spec())
      expect(await renderSvg(spec())).toBe(svg)
      expect(textsOf(svg).some(text => text.startsWith('Simulated data.'))).toBe(true)
      expect(new Set([...svg.matchAll(/font-family="([^"]*)"/g)].map(match => match[1]))).toEqual(new Set(['Inter']))
    })
  }

  it('lifts names each ratio, and no baseline beside itself; nothing is drawn without ratios', async () => {
    const texts = textsOf(await renderSvg(plotLifts(walkedEvaluation())!))
    for (const words of ['over persistence, 300 s', 'Average of ridge and trees', '1.24', '1.20'])
      expect(texts).toContain(words)
    expect(texts).not.toContain('Persistence, 300 s')
    expect(plotLifts(evaluation)).toBeUndefined()
    expect(plotImportance(evaluation)).toBeUndefined()
  })

  it('does not call market data simulated', async () => {
    const svg = await renderSvg(plotScores(exampleEvaluation({ simulated: false })))
    expect(svg).not.toContain('Simulated')
  })

  it('shows PR-AUC of every model beside the prevalence', async () => {
    const texts = textsOf(await renderSvg(plotScores(evaluation)))
    expect(texts).toEqual(expect.arrayContaining(['0.262', '0.171', '0.318']))
    expect(texts.join(' ')).toContain('prevalence 0.104')
  })

  it('leaves a model without PR-AUC out instead of drawing it at zero', async () => {
    const example = exampleEvaluation()
    example.splits.test.models.zscore.pr_auc = null
    const texts = textsOf(await renderSvg(plotScores(example)))
    expect(texts).toContain('Persistence')
    expect(texts).not.toContain('z-score rule')
  })

  it('keeps titles near the axes: no empty margin above the panel', async () => {
    const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(await renderSvg(plotPrCurve(evaluation))) ?? []
    expect(Number(height)).toBeLessThan(360)
  })

  it('renders text into a PNG on a machine without fonts', () => {
    const svg = (text: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="30"><text x="5" y="20" font-family="Inter">${text}</text></svg>`
    expect(renderPng(svg('sigma ≥ tau')).equals(renderPng(svg('')))).toBe(false)
    expect(renderPng(svg('wide')).equals(renderPng(svg('tall')))).toBe(false)
  })
})

describe('font widths', () => {
  it('agree with what the renderer draws', () => {
    const width = readFontWidths(`${fontFolder}Inter-Regular.ttf`)
    const drawn = (text: string) =>
      new Resvg(
        `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="200"><text x="100" y="120" font-size="100" font-family="Inter">${text}</text></svg>`,
        { font: { loadSystemFonts: false, fontFiles: [`${fontFolder}Inter-Regular.ttf`] } },
      ).getBBox()!.width
    // Ink is narrower than the advance by the side bearings, so differences of repeated letters are compared.
    for (const letter of ['H', 'i', 'm', '–', '≥'])
      expect(drawn(letter.repeat(6)) - drawn(letter.repeat(5))).toBeCloseTo(100 * width(letter), 0)
  })
})

describe('looks of models', () => {
  it('two stand out, each by colour, dash and width; all others are alike', () => {
    const highlights = { lead: 'average', baseline: 'zscore' }
    const [lead, baseline, other, another] = ['average', 'zscore', 'ridge', 'persistence'].map(name =>
      lookOf(name, highlights),
    )
    for (const key of ['colour', 'dash', 'width'] as const) expect(lead[key]).not.toEqual(baseline[key])
    expect(other).toEqual(another)
    expect(lead.width).toBeGreaterThan(baseline.width)
    expect(baseline.width).toBeGreaterThan(other.width)
  })

  it('the curves name the recipe and the hardest baseline, and count the others', async () => {
    const texts = textsOf(await renderSvg(plotPrCurve(evaluation)))
    expect(texts).toEqual(expect.arrayContaining(['Logistic regression 0.318', 'Persistence 0.262', 'the other model']))
  })
})

describe('a full plot', () => {
  it.each(Object.entries(plots))('%s has letters of at least 7 pt on the page', async (_, spec) => {
    const svg = await renderSvg(spec())
    const [, width] = /viewBox="0 0 (\d+) \d+"/.exec(svg) ?? []
    const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size))
    expect(sizes.length).toBeGreaterThan(5)
    // 174 mm of text on a page, 0.795 pt a unit at most
    expect(Math.min(...sizes) * Math.min(0.795, 493.2 / Number(width))).toBeGreaterThanOrEqual(7)
  })
})
