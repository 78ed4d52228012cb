import { language } from './words.mjs';

/** In memory only: a reload signs out, and no other page can read it. */
let token;

export const isSignedIn = () => token !== undefined;

/** What the API says is wrong, in the language that was asked for. */
export class Problem extends Error {
  constructor({ code, detail, errors = [] }) {
    super(detail);
    this.code = code;
    this.errors = errors.map(({ problem }) => problem);
  }
}

const request = async (method, path, body) => {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      'accept-language': language(),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = response.status === 204 ? undefined : await response.json();
  if (response.ok) return answer;
  if (response.status === 401) token = undefined;
  throw new Problem(answer);
};

export const get = (path) => request('GET', path);

/** Whether the password must be replaced before anything else. */
export const signIn = async (name, password) => {
  const reply = await request('POST', '/auth/login', { name, password });
  token = reply.accessToken;
  return reply.mustChangePassword;
};

export const changePassword = async (currentPassword, newPassword) => {
  const reply = await request('POST', '/auth/password', { currentPassword, newPassword });
  token = reply.accessToken;
};

/** Whatever the server says, this page forgets. */
export const signOut = async () => {
  await request('POST', '/auth/logout').catch(() => {});
  token = undefined;
};
