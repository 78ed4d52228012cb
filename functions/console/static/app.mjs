import { isSignedIn, Problem, signOut } from './api.mjs';
import { automationsView } from './automations-view.mjs';
import { element } from './dom.mjs';
import { runView } from './run-view.mjs';
import { runsView } from './runs-view.mjs';
import { signInView } from './sign-in-view.mjs';
import { language, switchLanguage, word } from './words.mjs';

const VIEWS = [
  [/^#\/runs\/([^/]+)$/, runView],
  [/^#\/automations$/, automationsView],
  [/^/, runsView],
];
const LOOK_AGAIN_MS = 2_000;

const main = element('main', {});
/** What a view remembers between two drawings; a new address begins with nothing. */
let state = {};
let drawings = 0;
let timer;

/** Draws the view of the address, and again every two seconds while somebody is looking. */
const draw = async () => {
  clearTimeout(timer);
  const drawing = ++drawings;
  const [pattern, view] = VIEWS.find(([candidate]) => candidate.test(location.hash));
  const parameters = (pattern.exec(location.hash) ?? []).slice(1).map(decodeURIComponent);
  try {
    const drawn = await view(state, draw, parameters);
    if (drawing !== drawings) return;
    main.replaceChildren(...drawn.filter(Boolean));
  } catch (thrown) {
    if (drawing !== drawings) return;
    if (!isSignedIn()) return showSignIn(word('signInAgain'));
    const sentence = thrown instanceof Problem ? thrown.message : word('unreachable');
    main.replaceChildren(element('p', { class: 'notice fault', role: 'alert' }, sentence));
  }
  timer = setTimeout(drawIfSeen, LOOK_AGAIN_MS);
};

/** Not while hidden, and not under somebody who marks text. */
const drawIfSeen = () => {
  if (document.hidden || String(getSelection())) timer = setTimeout(drawIfSeen, LOOK_AGAIN_MS);
  else draw();
};

const leave = async () => {
  await signOut();
  showSignIn();
};

const languageButton = (redraw) => {
  const onclick = () => {
    switchLanguage();
    document.documentElement.lang = language();
    redraw();
  };
  return element('button', { class: 'plain', onclick }, word('language'));
};

const link = (href, key) =>
  element('a', { href, 'aria-current': location.hash.startsWith(href) ? 'page' : undefined }, word(key));

const frame = () =>
  element(
    'header',
    {},
    element('strong', {}, 'Tank'),
    element('nav', {}, link('#/runs', 'runs'), link('#/automations', 'automations')),
    languageButton(show),
    element('button', { class: 'plain', onclick: leave }, word('signOut')),
  );

const show = () => {
  document.body.replaceChildren(frame(), main);
  draw();
};

const showSignIn = (notice) => {
  clearTimeout(timer);
  drawings += 1;
  state = {};
  main.replaceChildren();
  const corner = element(
    'header',
    {},
    element('span', { class: 'gap' }),
    languageButton(() => showSignIn()),
  );
  document.body.replaceChildren(corner, signInView(start, notice));
};

const start = () => {
  if (!location.hash) location.replace('#/runs');
  show();
};

addEventListener('hashchange', () => {
  state = {};
  if (isSignedIn()) show();
});
document.documentElement.lang = language();
showSignIn();
