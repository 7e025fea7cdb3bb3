import { horizonSeconds } from '../../features/label.ts'
import { drawToBaseline, shareThatPays } from '../fit/drawn_volatility.ts'
import { average } from './average.ts'
import type { Recipe, Training } from './recipe.ts'
import { volatilityModel } from './volatility.ts'

/** Share of the training's time that is fitted on to see, on the rest, whether corrections of the baseline pay. */
const firstShare = 0.6

/** What is saved, and scores where nothing else is named: EWMA 120 s, corrected by the average as far as that has paid. */
export const drawn: Recipe = {
  name: 'drawn',
  title: 'EWMA corrected as far as it pays',
  kind: 'learned',
  probability: true,
  fit(training, fitted = {}) {
    const whole = fitted[average.name] ?? average.fit(training, fitted)
    const share = paidShare(training)
    return volatilityModel(drawToBaseline(training, whole.volatility!, share), training, {
      recipe:
        'EWMA of half-life 120 s, moved by a share of what the average of ridge and trees says beyond it. The share is what would have paid on the last 40 % of training, by a fit on the rest, drawn to none; with none this ranks as EWMA does.',
      params: { ...whole.params, share_of_correction: share },
      forecasts: true,
    })
  },
}

/** The correction's share by a fit on the first part of training, judged on the last, the horizon between. */
function paidShare(training: Training): number {
  const { table, rows } = training
  const times = Float64Array.from(rows, row => table.time[row]).sort()
  const cut = times[Math.floor(firstShare * times.length)]
  const early = rows.filter(row => table.time[row] + horizonSeconds * 1e6 < cut)
  const late = rows.filter(row => table.time[row] >= cut)
  if (early.length === 0) return 0
  return shareThatPays({ ...training, rows: late }, average.fit({ ...training, rows: early }).volatility!)
}
