/**
 * P(D_n+ >= d) of the one-sided Kolmogorov-Smirnov statistic (Birnbaum and Tingey 1951):
 * d · sum over j <= n(1-d) of C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j).
 * Each term is a binomial probability over its own d + j/n, computed by Loader's saddle point (2000), so that large n loses no digits.
 */
export function survivalOfSmirnov(n: number, d: number): number {
  let sum = 0
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    const p = d + j / n
    if (p >= 1) break
    sum += binomial(j, n, p) / p
  }
  return d * sum
}

/** C(n, x) p^x (1-p)^(n-x). */
function binomial(x: number, n: number, p: number): number {
  if (x === 0) return Math.exp(n * Math.log1p(-p))
  if (x === n) return Math.exp(n * Math.log(p))
  const exponent =
    stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * p) - deviance(n - x, n * (1 - p))
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)))
}

/** ln(n!) less Stirling's formula for it. */
function stirlingError(n: number): number {
  if (n < 16) return exactErrors[n]
  const n2 = n * n
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / n2) / n2) / n2) / n2) / n
}

const exactErrors: number[] = Array.from({ length: 16 }, (_, n) => {
  let factorial = 1
  for (let i = 2; i <= n; i++) factorial *= i
  return n === 0 ? 0 : Math.log(factorial) - (0.5 * Math.log(2 * Math.PI * n) + n * Math.log(n) - n)
})

/** x ln(x/m) + m - x, by its series where x is near m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x
  const v = (x - m) / (x + m)
  let sum = (x - m) * v
  let term = 2 * x * v
  for (let j = 1; ; j++) {
    term *= v * v
    const next = sum + term / (2 * j + 1)
    if (next === sum) return sum
    sum = next
  }
}
