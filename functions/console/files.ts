import api from './static/api.mjs?raw';
import app from './static/app.mjs?raw';
import automationsView from './static/automations-view.mjs?raw';
import dom from './static/dom.mjs?raw';
import page from './static/index.html?raw';
import runView from './static/run-view.mjs?raw';
import runsView from './static/runs-view.mjs?raw';
import signInView from './static/sign-in-view.mjs?raw';
import style from './static/style.css?raw';
import words from './static/words.mjs?raw';

/** What the browser loads, as text within the bundle: on Lambda there is no folder to read it from. */
export const FILES = { page, style, app, api, dom, words, signInView, runsView, runView, automationsView };
