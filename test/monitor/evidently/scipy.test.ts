import { describe, expect, test } from 'vitest'
import { scoreChiSquare } from '../../../src/monitor/evidently/chi_square.ts'
import { survivalOfKolmogorov } from '../../../src/monitor/evidently/kolmogorov.ts'
import { asymptoticKs, exactKs } from '../../../src/monitor/evidently/ks.ts'
import { twoSidedNormal } from '../../../src/monitor/evidently/z_test.ts'

/** Figures of scipy 1.17.1, over every branch of the choice of method: n, d, kstwo.sf(d, n). */
const kolmogorov = [
  [1, 0.7, 0.6000000000000001],
  [5, 0.13416407864998736, 0.9998212772701431],
  [5, 0.5366563145999494, 0.07107678230606948],
  [99, 0.050251890762960605, 0.9531620074661095],
  [140, 0.06761234037828133, 0.522084041434605],
  [140, 0.1774823934929885, 0.00024981290292924366],
  [141, 0.037896836447993354, 0.9828404337900783],
  [141, 0.0842151921066519, 0.2553544927215675],
  [500, 0.013416407864998738, 0.9999831029091724],
  [500, 0.026832815729997475, 0.8545433622007345],
  [1000, 0.04427188724235731, 0.03849503290830236],
  [1000, 0.047434164902525694, 0.021499063633379435],
  [7500, 0.009237604307034013, 0.5410278808058073],
  [7500, 0.02886751345948129, 7.296994695880873e-6],
  [50000, 0.0020124611797498106, 0.987176790527054],
  [150000, 0.0025819888974716113, 0.2695387835221361],
  [150000, 0.012909944487358056, 3.817646766662117e-22],
]

test.each(kolmogorov)('Kolmogorov distribution, n %i, d %d', (n, d, p) => {
  const ours = survivalOfKolmogorov(n, d)
  expect(Math.abs(ours - p)).toBeLessThan(1e-12)
  if (p < 1e-6) expect(Math.abs(ours / p - 1)).toBeLessThan(1e-9)
})

test('the asymptotic p is near the exact one where both can be had', () => {
  for (const [n, m, d] of [
    [3000, 3000, 0.03],
    [3000, 2400, 0.04],
    [9000, 2000, 0.025],
  ])
    expect(Math.abs(asymptoticKs(n, m, d) - exactKs(n, m, d))).toBeLessThan(0.01)
})

describe('exact p by counting paths', () => {
  test.each([
    [3, 3, 1, 2 / 20],
    [2, 3, 1, 2 / 10],
    [3, 2, 1, 2 / 10],
    [2, 2, 0.5, 1],
  ])('%i and %i values, distance %d', (n, m, d, p) => expect(exactKs(n, m, d)).toBeCloseTo(p, 14))
})

test('chi-square p of scipy', () => {
  expect(scoreChiSquare({ reference: [25, 40, 32, 8], current: [30, 50, 20, 5] })).toBeCloseTo(0.027674290752757777, 14)
  const tiny = scoreChiSquare({ reference: [250, 400, 350], current: [300, 500, 200] })
  expect(Math.abs(tiny / 2.7566464952301035e-22 - 1)).toBeLessThan(1e-9)
})

test.each([
  [0.1, 0.920344325445942],
  [1, 0.31731050786291415],
  [5, 5.733031437583866e-7],
  [10, 1.523970604832094e-23],
])('two-sided normal p at %d', (z, p) => expect(Math.abs(twoSidedNormal(z) / p - 1)).toBeLessThan(1e-12))
