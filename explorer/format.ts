// Figures for people.

const UNITS = ['', ' k', ' M', ' G', ' T', ' P']

/** `1.81 G`. */
export function count(value: number): string {
  if (value < 1000) return String(Math.round(value))
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3))
  return `${digits(value / 1000 ** power)}${UNITS[power]!}`
}

/** `44.7 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3))
  return `${digits(value / 1000 ** power)} ${['', 'kB', 'MB', 'GB', 'TB', 'PB'][power]!}`
}

const digits = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)

export function milliseconds(value: number): string {
  return value < 1000 ? `${value < 10 ? value.toFixed(1) : Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`
}

export function share(part: number, whole: number): string {
  if (whole === 0) return ''
  const percent = (100 * part) / whole
  return `${percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(1)} %`
}

export const plural = (n: number, noun: string): string => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`
