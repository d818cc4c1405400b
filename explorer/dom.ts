// Elements. Every text of a model becomes a text node: nothing is parsed as markup, no style is written as text.

type Child = Node | string

/** A new element with a class and children. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  made.append(...children)
  return made
}

export function button(label: string, className: string, onClick: () => void, title?: string): HTMLButtonElement {
  const made = el('button', className, label)
  made.type = 'button'
  if (title !== undefined) {
    made.title = title
    made.ariaLabel = title
  }
  made.addEventListener('click', onClick)
  return made
}

/** Names may be a megabyte long; what is shown of them is not. */
export function shortened(text: string, most = 160): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** A table: a head of column names, and rows of cells. Numbers stand right. */
export function table(className: string, columns: readonly string[], rows: readonly (readonly (Child | number)[])[]): HTMLTableElement {
  const head = el('tr')
  for (const column of columns) {
    const cell = el('th', '', column)
    cell.scope = 'col'
    head.append(cell)
  }
  const body = el('tbody')
  for (const row of rows) {
    const line = el('tr')
    for (const cell of row)
      line.append(
        typeof cell === 'number' ? el('td', 'number', String(cell)) : el('td', '', typeof cell === 'string' ? shortened(cell, 400) : cell),
      )
    body.append(line)
  }
  return el('table', className, el('thead', '', head), body)
}

/** A section with a heading. */
export function section(title: string, ...children: readonly Child[]): HTMLElement {
  return el('section', 'block', el('h3', '', title), ...children)
}
