// Elements of the page, by what index.html calls them.

/** The element with this id. Throws when the page has none, or one of another kind. */
export function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new TypeError(`index.html has no ${kind.name} with the id ${id}`)
  return element
}

/** A new element with a class and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}

/** A colour of the stylesheet as it is now, for canvases. */
export function colour(name: 'ink' | 'accent' | 'well'): string {
  const probe = element('i')
  probe.style.color = `var(--${name})`
  document.body.append(probe)
  const value = getComputedStyle(probe).color
  probe.remove()
  return value
}

/** Runs `task` now and whenever the page turns from light to dark or back. */
export function onTheme(task: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', task)
  task()
}
