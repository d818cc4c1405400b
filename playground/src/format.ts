// Figures as people read them.

/** Bytes in powers of ten, three digits. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  return count < 1e6 ? `${digits(count / 1e3)} kB` : `${digits(count / 1e6)} MB`
}

export function milliseconds(time: number): string {
  if (time < 0.1) return '< 0.1 ms'
  return time < 1000 ? `${digits(time)} ms` : `${digits(time / 1000)} s`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** With a true minus. */
export function signed(value: number): string {
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(value).toFixed(2)}`
}

const digits = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
