import { json, type Machine, tank } from './tank.ts';

/** Long enough, and in no list of common ones. */
const PASSWORD = 'tugboat-granite-7-Lantern';

/** The token of the first administrator, made and signed in as a person would: one-time password, then an own one. */
export const signIn = async (machine: Machine, url: string): Promise<string> => {
  const { name, password } = json<{ name: string; password: string }>(
    await tank(machine, ['users', 'init', '--json']),
  );
  const post = async (path: string, body: object, token?: string): Promise<string> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    return ((await response.json()) as { accessToken: string }).accessToken;
  };
  const first = await post('/api/v1/auth/login', { name, password });
  return post('/api/v1/auth/password', { currentPassword: password, newPassword: PASSWORD }, first);
};
