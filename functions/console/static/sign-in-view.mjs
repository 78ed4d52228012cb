import { changePassword, signIn } from './api.mjs';
import { element } from './dom.mjs';
import { word } from './words.mjs';

/** `onDone` is called when somebody is signed in, with a password of their own. */
export const signInView = (onDone, notice) => {
  const change = (name, current) => card.replaceChildren(changeForm(name, current, onDone));
  const card = element('section', { class: 'card' }, signInForm(onDone, change, notice));
  return element('main', { class: 'centred' }, card);
};

const signInForm = (onDone, change, notice) =>
  form(
    { title: 'Tank', notice, submit: word('signIn'), hint: word('forgotten') },
    [
      field('name', word('name'), { autocomplete: 'username', autofocus: true }),
      field('password', word('password'), { type: 'password', autocomplete: 'current-password' }),
    ],
    async ({ name, password }) => ((await signIn(name, password)) ? change(name, password) : onDone()),
  );

const changeForm = (name, current, onDone) =>
  form(
    { title: 'Tank', notice: word('changeFirst'), submit: word('change') },
    [
      // A password manager wants to know whose password it is.
      element('input', { name: 'name', value: name, autocomplete: 'username', hidden: true }),
      field('next', word('newPassword'), { type: 'password', autocomplete: 'new-password', autofocus: true }),
      field('again', word('repeatPassword'), { type: 'password', autocomplete: 'new-password' }),
    ],
    async ({ next, again }) => {
      if (next !== again) throw new Error(word('passwordsDiffer'));
      await changePassword(current, next);
      onDone();
    },
  );

const field = (name, label, attributes) =>
  element('label', {}, label, element('input', { name, required: true, ...attributes }));

/** Says what went wrong beneath the fields, and is usable again. */
const form = ({ title, notice, submit, hint }, fields, onSubmit) => {
  const fault = element('p', { class: 'fault', role: 'alert' });
  const button = element('button', {}, submit);
  const onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fault.replaceChildren();
    try {
      await onSubmit(Object.fromEntries(new FormData(event.target)));
    } catch (thrown) {
      fault.append(...(thrown.errors?.length ? thrown.errors.join(' ') : [thrown.message]));
    }
    button.disabled = false;
  };
  return element(
    'form',
    { onsubmit },
    element('h1', {}, title),
    notice && element('p', {}, notice),
    fields,
    fault,
    button,
    hint && element('p', { class: 'quiet' }, hint),
  );
};
