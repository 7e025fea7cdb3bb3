/** Scale steps keep entries inside the range of a double: 2^128 at a time. */
const big = 2 ** 128
const small = 2 ** -128

/**
 * P(D_n <= d), exact: the middle entry of n!/n^n · H^n (Durbin 1968; Marsaglia, Tsang and Wang 2003, "Evaluating
 * Kolmogorov's distribution", J. Stat. Software 8(18)). Work grows with (n·d)^3·log n: for small n·d.
 */
export function matrixKolmogorov(n: number, d: number): number {
  const k = Math.ceil(n * d)
  const size = 2 * k - 1
  let base = buildMatrix(size, k - n * d)
  let power = identity(size)
  let [baseExponent, exponent] = [0, 0]
  const middle = (k - 1) * size + (k - 1)
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      power = multiply(power, base, size)
      exponent += baseExponent
      if (power[middle] > big) {
        scale(power)
        exponent += 128
      }
    }
    base = multiply(base, base, size)
    baseExponent *= 2
    if (base[middle] > big) {
      scale(base)
      baseExponent += 128
    }
  }
  let probability = power[middle]
  for (let i = 1; i <= n; i++) {
    probability = (i * probability) / n
    if (probability < small) {
      probability *= big
      exponent -= 128
    }
  }
  return Math.min(1, Math.max(0, probability * 2 ** exponent))
}

function buildMatrix(size: number, h: number): Float64Array {
  const inverse = new Float64Array(size + 2).fill(1)
  for (let i = 1; i < inverse.length; i++) inverse[i] = inverse[i - 1] / i
  const edge = Float64Array.from({ length: size }, (_, i) => (1 - h ** (i + 1)) * inverse[i + 1])
  edge[size - 1] = (1 - 2 * h ** size + Math.max(2 * h - 1, 0) ** size) * inverse[size]
  const matrix = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 1; column <= Math.min(row + 1, size - 1); column++)
      matrix[row * size + column] = inverse[row - column + 1]
    matrix[row * size] = edge[row]
  }
  for (let column = 0; column < size; column++) matrix[(size - 1) * size + column] = edge[size - 1 - column]
  return matrix
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1
  return matrix
}

function scale(matrix: Float64Array): void {
  for (let i = 0; i < matrix.length; i++) matrix[i] *= small
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]
      if (factor === 0) continue
      for (let j = 0; j < size; j++) product[i * size + j] += factor * b[k * size + j]
    }
  return product
}
