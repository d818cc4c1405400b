// Functions of the C library that JavaScript lacks: erf, erfc, gamma, lgamma. To about 1e-15 of their value.

// Lanczos, g = 7, n = 9.
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function series(x: number): number {
  return lanczos.reduce((sum, c, i) => (i === 0 ? c : sum + c / (x + i)), 0)
}

export function gamma(value: number): number {
  if (value === -Infinity || (Number.isInteger(value) && value < 0)) return NaN
  if (value === 0) return 1 / value
  if (Number.isInteger(value) && value < 24) {
    let product = 1
    for (let i = 2; i < value; i++) product *= i
    return product
  }
  if (value < 0.5) return Math.PI / (Math.sin(Math.PI * value) * gamma(1 - value))
  if (value > 171.7) return Infinity
  const x = value - 1
  const t = x + 7.5
  const half = t ** ((x + 0.5) / 2)
  return Math.sqrt(2 * Math.PI) * half * Math.exp(-t) * half * series(x)
}

/** ln |Γ(x)|. */
export function lgamma(value: number): number {
  if (Number.isNaN(value)) return NaN
  if (!Number.isFinite(value) || (Number.isInteger(value) && value <= 0)) return Infinity
  if (value === 1 || value === 2) return 0
  if (value < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * value))) - lgamma(1 - value)
  if (value < 20) return Math.log(Math.abs(gamma(value)))
  const x = value - 1
  const t = x + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(series(x))
}

export function erf(x: number): number {
  const size = Math.abs(x)
  if (size > 2) return x < 0 ? erfc(size) - 1 : 1 - erfc(size)
  // 2/√π · Σ (-1)^n x^(2n+1) / (n! (2n+1))
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  if (!(x > 0.9)) return 1 - erf(x)
  if (x > 27) return 0
  // The continued fraction, from its tail: e^(-x²)/√π · 1/(x + 1/2/(x + 1/(x + 3/2/(x + …))))
  let tail = x
  for (let k = 250; k >= 1; k--) tail = x + k / 2 / tail
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail
}
