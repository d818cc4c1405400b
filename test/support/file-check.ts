// Ordered checks on a text, with the method names of torch.testing.FileCheck.

type Step =
  | { readonly kind: 'check' | 'next' | 'not'; readonly text: string }
  | { readonly kind: 'count'; readonly text: string; readonly count: number; readonly exactly: boolean }
  | { readonly kind: 'dag'; readonly texts: string[] }

export class FileCheck {
  readonly #steps: Step[] = []

  /** `text` comes after what was checked before. */
  check(text: string): this {
    this.#steps.push({ kind: 'check', text })
    return this
  }
  /** `text` is on the line behind the last match. */
  checkNext(text: string): this {
    this.#steps.push({ kind: 'next', text })
    return this
  }
  /** `text` does not come between the matches before and after. */
  checkNot(text: string): this {
    this.#steps.push({ kind: 'not', text })
    return this
  }
  /** `text` comes `count` times; with `exactly`, no more often until the end. */
  checkCount(text: string, count: number, exactly = false): this {
    this.#steps.push({ kind: 'count', text, count, exactly })
    return this
  }
  /** Consecutive `checkDag` texts come in any order. */
  checkDag(text: string): this {
    const last = this.#steps.at(-1)
    if (last?.kind === 'dag') last.texts.push(text)
    else this.#steps.push({ kind: 'dag', texts: [text] })
    return this
  }

  /** Throws when `subject` does not satisfy the checks. */
  run(subject: string): void {
    let at = 0
    let absent: string[] = []
    const none = (from: number, to: number): void => {
      for (const text of absent)
        if (subject.slice(from, to).includes(text)) throw new Error(`unexpected "${text}" in\n${subject.slice(from, to)}`)
      absent = []
    }
    const find = (text: string, from: number): number => {
      const found = subject.indexOf(text, from)
      if (found === -1) throw new Error(`expected "${text}" in\n${subject.slice(from)}`)
      return found
    }
    for (const step of this.#steps) {
      switch (step.kind) {
        case 'not':
          absent.push(step.text)
          break
        case 'check': {
          const found = find(step.text, at)
          none(at, found)
          at = found + step.text.length
          break
        }
        case 'next': {
          const line = subject.indexOf('\n', at) + 1
          const found = find(step.text, line)
          if (line === 0 || subject.slice(line, found).includes('\n'))
            throw new Error(`expected "${step.text}" on the next line of\n${subject.slice(at)}`)
          none(at, found)
          at = found + step.text.length
          break
        }
        case 'count': {
          for (let i = 0; i < step.count; i++) {
            const found = find(step.text, at)
            if (i === 0) none(at, found)
            at = found + step.text.length
          }
          if (step.exactly && subject.includes(step.text, at))
            throw new Error(`"${step.text}" comes more than ${step.count} times in\n${subject}`)
          break
        }
        case 'dag': {
          const from = at
          for (const text of step.texts) at = Math.max(at, find(text, from) + text.length)
          none(from, at)
        }
      }
    }
    none(at, subject.length)
  }
}
