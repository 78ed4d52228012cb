import { get } from './api.mjs';
import { badge, element, table } from './dom.mjs';
import { moment, number, word } from './words.mjs';

const PAGE = 50;

/** All runs, newest first. `pages` is how many were asked for so far; asking for more draws the view again. */
export const runsView = async (state, redraw) => {
  state.pages ??= 1;
  const { items, nextCursor } = await get(`/runs?limit=${PAGE * state.pages}`);
  const more = () => {
    state.pages += 1;
    redraw();
  };
  return [
    element('h1', {}, word('runs')),
    items.length > 0 ? table(columns(), items) : element('p', { class: 'quiet' }, word('noRuns')),
    nextCursor ? element('button', { class: 'plain', onclick: more }, word('more')) : undefined,
  ];
};

const columns = () => [
  { title: word('automation'), cell: (run) => element('a', { href: `#/runs/${run.run}` }, run.automation) },
  { title: word('state'), cell: (run) => badge(run.state, word(`state.${run.state}`)) },
  { title: word('started'), kind: 'when', cell: (run) => moment(run.startedAt) },
  count('targets', (run) => run.targets),
  count('sent', (run) => run.sent),
  count('failed', (run) => run.failed),
  count('leftOut', (run) => run.suppressed + run.skipped + run.cancelled),
  count('held', (run) => run.held),
  { title: '', cell: progress },
];

const count = (name, of) => ({ title: word(name), kind: 'number', cell: (run) => number(of(run)) });

export const progress = ({ targets, open }) =>
  element('progress', { max: Math.max(targets, 1), value: targets - open, 'aria-label': word('sent') });
