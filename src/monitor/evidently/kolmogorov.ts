import { matrixKolmogorov } from './kolmogorov_matrix.ts'
import { survivalOfSmirnov } from './smirnov.ts'

/**
 * P(D_n >= d) of the two-sided one-sample Kolmogorov-Smirnov statistic. The choice of method by n and d is that of
 * Simard and L'Ecuyer (2011), "Computing the two-sided Kolmogorov-Smirnov distribution", J. Stat. Software 39(11), which
 * scipy's `kstwo` follows; where the paper takes Pomeranz's recursion the matrix method serves, exact as well.
 * @param n whole, at least 1.
 */
export function survivalOfKolmogorov(n: number, d: number): number {
  if (d >= 1) return 0
  const t = n * d
  if (t <= 0.5) return 1
  if (t <= 1) return 1 - smallDistance(n, t)
  if (t >= n - 1) return 2 * (1 - d) ** n
  if (d >= 0.5) return 2 * survivalOfSmirnov(n, d)
  const scaled = t * d
  if (n <= 140) return scaled <= 4 ? 1 - matrixKolmogorov(n, d) : 2 * survivalOfSmirnov(n, d)
  if (scaled >= 370) return 0
  if (scaled >= 2.2) return 2 * survivalOfSmirnov(n, d)
  return 1 - (n <= 100_000 && n * d ** 1.5 <= 1.4 ? matrixKolmogorov(n, d) : approximateKolmogorov(n, d))
}

/** n!·((2t - 1)/n)^n for 1/2 < t <= 1 (Ruben and Gambino 1982). */
function smallDistance(n: number, t: number): number {
  let product = 1
  for (let i = 1; i <= n && product > 0; i++) product *= (i / n) * (2 * t - 1)
  return product
}

/**
 * P(D_n <= d) by Pelz and Good (1976), "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample
 * statistic", J. Royal Stat. Soc. B 38(2): four terms in powers of 1/sqrt(n) of theta functions of z = d·sqrt(n).
 */
function approximateKolmogorov(n: number, d: number): number {
  const z = d * Math.sqrt(n)
  const [z2, z4, z6, z8] = [z ** 2, z ** 4, z ** 6, z ** 8]
  const [p2, p4, p6] = [Math.PI ** 2, Math.PI ** 4, Math.PI ** 6]
  if (p2 / (8 * z2) > 708) return 0
  const terms = [0, 0, 0, 0]
  const odd = Math.exp(-p2 / (8 * z2))
  for (let k = Math.ceil((16 * z) / Math.PI); k >= 1; k--) {
    const i = 2 * k - 1
    const [i2, i4, i6] = [i ** 2, i ** 4, i ** 6]
    const weight = odd ** i2
    terms[0] += weight
    terms[1] += weight * (-z2 + (p2 * i2) / 4)
    terms[2] += weight * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * p2 * i2) / 4 + ((1 - 2 * z2) * p4 * i4) / 16)
    terms[3] +=
      weight *
      (-30 * z6 -
        90 * z8 +
        ((135 * z4 - 96 * z6) * p2 * i2) / 4 +
        ((212 * z4 - 60 * z2) * p4 * i4) / 16 +
        ((5 - 30 * z2) * p6 * i6) / 64)
  }
  const root = Math.sqrt(2 * Math.PI)
  const divisors = [z, 6 * z4, 72 * z ** 7, 6480 * z ** 10]
  const scaled = terms.map((term, i) => (term * root) / divisors[i])
  const even = Math.exp(-p2 / (2 * z2))
  for (let k = Math.ceil((16 * z) / Math.PI); k >= 1; k--) {
    const weight = k ** 2 * even ** (k ** 2)
    scaled[2] -= (weight * p2 * root) / (36 * z ** 3)
    scaled[3] += (weight * (3 * z2 - p2 * k ** 2) * p2 * root) / (216 * z6)
  }
  return scaled.reduce((sum, term, i) => sum + term / n ** (i / 2), 0)
}
