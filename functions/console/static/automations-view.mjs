import { get } from './api.mjs';
import { element, table } from './dom.mjs';
import { moment, number, word } from './words.mjs';

export const automationsView = async () => {
  const { items } = await get('/automations');
  return [
    element('h1', {}, word('automations')),
    items.length > 0 ? table(columns(), items) : element('p', { class: 'quiet' }, word('noAutomations')),
  ];
};

const columns = () => [
  { title: word('name'), cell: ({ name }) => name },
  { title: word('organisation'), cell: ({ organisation }) => organisation },
  { title: word('source'), cell: ({ source }) => source },
  { title: word('version'), kind: 'number', cell: ({ version }) => number(version) },
  { title: word('saved'), kind: 'when', cell: ({ createdAt }) => moment(createdAt) },
  { title: word('by'), cell: ({ createdBy }) => createdBy },
];
