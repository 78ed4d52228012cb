import { get } from './api.mjs';
import { badge, element, table } from './dom.mjs';
import { progress } from './runs-view.mjs';
import { moment, number, word } from './words.mjs';

const TOTALS = ['targets', 'sent', 'failed', 'suppressed', 'skipped', 'cancelled', 'held', 'open'];
const SHOWN = 100;

/** One run: how far it is, what holds it, and what did not go out with the reason. */
export const runView = async (state, _redraw, [id]) => {
  state.unfolded ??= new Map();
  const path = `/runs/${encodeURIComponent(id)}`;
  const [run, { items: faults }] = await Promise.all([get(path), get(`${path}/faults`)]);
  return [
    element('p', {}, element('a', { href: '#/runs' }, `← ${word('allRuns')}`)),
    element('h1', {}, run.automation, ' ', badge(run.state, word(`state.${run.state}`))),
    element('p', { class: 'quiet' }, describe(run)),
    ...reasons(run),
    element(
      'dl',
      { class: 'tiles' },
      TOTALS.map((name) => tile(name, run[name])),
    ),
    progress(run),
    element('h2', {}, word('notSent')),
    notSent(run, faults, path, state.unfolded),
  ];
};

const describe = (run) =>
  [
    `${word('businessDate')} ${run.businessDate}`,
    `${word('started')} ${moment(run.startedAt)} (${run.startedBy})`,
    ...(run.finishedAt ? [`${word('ended')} ${moment(run.finishedAt)}`] : []),
    `${word('version')} ${run.automationVersion}`,
  ].join(' · ');

const tile = (name, value) =>
  element(
    'div',
    { class: value > 0 ? name : undefined },
    element('dt', {}, word(name)),
    element('dd', {}, number(value)),
  );

const reasons = ({ error, holds }) => [
  ...(error ? [notice('fault', [error.detail, error.mend])] : []),
  ...holds.map(({ reason, detail, mend, author, until }) =>
    notice('warning', [
      `${word('heldBecause')}: ${detail ?? reason} (${author})`,
      mend,
      until && `${moment(until)} ${word('until')}`,
    ]),
  ),
];

const notice = (kind, sentences) =>
  element('p', { class: `notice ${kind}` }, sentences.filter(Boolean).join(' '));

const notSent = (run, faults, path, unfolded) => {
  const reasoned = faults.filter(({ state }) => state !== 'sent');
  if (reasoned.length === 0)
    return element('p', { class: 'quiet' }, run.open > 0 ? '…' : word('everythingOut'));
  return table(
    [
      { title: word('state'), cell: ({ state }) => badge(state, word(`state.${state}`)) },
      { title: word('count'), kind: 'number', cell: ({ sends }) => number(sends) },
      { title: word('reason'), cell: ({ fault }) => fault?.detail ?? '–' },
      { title: word('mend'), cell: ({ fault }) => fault?.mend ?? '–' },
      { title: word('who'), cell: (group) => recipients(group, path, unfolded) },
    ],
    reasoned,
  );
};

/** Their masked addresses, asked for when somebody wants to see them; what was unfolded stays so when drawn again. */
const recipients = ({ state, fault }, path, unfolded) => {
  const key = `${state} ${fault?.code}`;
  const list = element('ul', {}, (unfolded.get(key) ?? []).map(line));
  const load = async () => {
    const code = fault ? `&code=${fault.code}` : '';
    const { items } = await get(`${path}/sends?state=${state}${code}&limit=${SHOWN}`);
    unfolded.set(key, items);
    list.replaceChildren(...items.map(line));
  };
  const ontoggle = ({ target }) => {
    if (!target.open) unfolded.delete(key);
    else if (!unfolded.has(key)) load().catch((thrown) => list.append(thrown.message));
  };
  return element(
    'details',
    { ontoggle, open: unfolded.has(key) },
    element('summary', {}, word('show')),
    list,
  );
};

const line = ({ address }) => element('li', {}, address);
