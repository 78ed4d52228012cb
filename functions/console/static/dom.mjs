/** Elements are built, never written as markup: a value can be nothing but text. */
export const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== undefined));
  return made;
};

/** `columns`: {title, cell, kind}; a cell is a text or an element, the kind `number` or `when`. */
export const table = (columns, rows) =>
  element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, columns.map(head))),
      element(
        'tbody',
        {},
        rows.map((row) =>
          element(
            'tr',
            {},
            columns.map((column) => cell(column, row)),
          ),
        ),
      ),
    ),
  );

const head = ({ title, kind }) => element('th', { scope: 'col', class: kind }, title);
const cell = ({ cell: of, kind }, row) => element('td', { class: kind }, of(row));

export const badge = (state, text) => element('span', { class: `badge ${state}` }, text);
