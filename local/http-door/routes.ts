import type { FunctionEntry } from '../../functions/manifest.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Api, Route } from '../../shared/wire/api.ts';

/** One operation of the manifest, ready to be matched. */
export interface DoorRoute {
  readonly functionName: string;
  readonly method: string;
  /** `/api/v1/runs/{id}`, `/console/{proxy+}` */
  readonly path: string;
  readonly bodyLimit: number;
}

export type RouteMatch =
  | {
      readonly kind: 'found';
      readonly route: DoorRoute;
      readonly pathParameters: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'wrong_method'; readonly path: string; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

export type MatchRoute = (method: string, rawPath: string) => RouteMatch;

interface Template {
  readonly path: string;
  readonly segments: readonly string[];
  readonly greedy: boolean;
  readonly routes: Map<string, DoorRoute>;
}

/** people: by token or cookie, and whoever may come without · clients: other systems, by their certificates. */
export const routesOf = (entries: readonly FunctionEntry[], callers: 'people' | 'clients'): DoorRoute[] =>
  entries.flatMap((entry) =>
    routesFor(entry.http, callers).map(({ method, path, bodyLimit }) => ({
      functionName: entry.name,
      method,
      path,
      bodyLimit,
    })),
  );

const routesFor = (api: Api = {}, callers: 'people' | 'clients'): Route[] =>
  Object.values(api).filter(({ permission }) => (permission === 'client') === (callers === 'clients'));

/** As API Gateway chooses: words before `{param}`, and `{proxy+}` last, the longest first. */
export const createMatcher = (routes: readonly DoorRoute[]): MatchRoute => {
  const templates = groupByPath(routes);
  return (method, rawPath) => {
    const raw = rawPath.slice(1).split('/');
    const decoded = raw.map(decodeSegment);
    if (decoded.some((segment) => segment === '.' || segment === '..')) return { kind: 'unknown' };
    const fitting = templates.filter((template) => fits(template, raw));
    return choose(fitting, method, decoded);
  };
};

const groupByPath = (routes: readonly DoorRoute[]): Template[] => {
  const byPath = new Map<string, Template>();
  for (const route of routes) {
    const template = byPath.get(route.path) ?? toTemplate(route.path);
    byPath.set(route.path, template);
    const rival = template.routes.get(route.method);
    if (rival) {
      const both = `${rival.functionName} and ${route.functionName}`;
      throw new Error(`${route.method} ${route.path} is listed twice in the manifest, by ${both}`);
    }
    template.routes.set(route.method, route);
  }
  return [...byPath.values()].sort(bySpecificity);
};

const toTemplate = (path: string): Template => {
  const segments = path.slice(1).split('/');
  return { path, segments, greedy: segments.at(-1)?.endsWith('+}') === true, routes: new Map() };
};

const isParameter = (segment: string | undefined): boolean => segment?.startsWith('{') === true;

const bySpecificity = (a: Template, b: Template): number => {
  if (a.greedy !== b.greedy) return a.greedy ? 1 : -1;
  for (let at = 0; at < Math.min(a.segments.length, b.segments.length); at += 1) {
    const difference = Number(isParameter(a.segments[at])) - Number(isParameter(b.segments[at]));
    if (difference !== 0) return difference;
  }
  return b.segments.length - a.segments.length;
};

/** Words are compared as they were sent, so that `%61dmin` gets past no rule that a proxy has for `admin`. */
const fits = ({ segments, greedy }: Template, raw: readonly string[]): boolean => {
  if (greedy ? raw.length < segments.length : raw.length !== segments.length) return false;
  return segments.every((segment, at) => {
    if (greedy && at === segments.length - 1) return raw.slice(at).some((rest) => rest !== '');
    return isParameter(segment) ? raw[at] !== '' : raw[at] === segment;
  });
};

const choose = (fitting: readonly Template[], method: string, decoded: readonly string[]): RouteMatch => {
  for (const template of fitting) {
    const route = template.routes.get(method) ?? (method === 'HEAD' ? template.routes.get('GET') : undefined);
    if (route) return { kind: 'found', route, pathParameters: parametersOf(template, decoded) };
  }
  const [first] = fitting;
  return first
    ? { kind: 'wrong_method', path: first.path, allowed: allowedBy(fitting) }
    : { kind: 'unknown' };
};

const parametersOf = ({ segments, greedy }: Template, decoded: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    segments.flatMap((segment, at) => {
      if (!isParameter(segment)) return [];
      if (greedy && at === segments.length - 1) return [[segment.slice(1, -2), decoded.slice(at).join('/')]];
      return [[segment.slice(1, -1), decoded[at] ?? '']];
    }),
  );

const allowedBy = (templates: readonly Template[]): string[] => {
  const methods = new Set(templates.flatMap((template) => [...template.routes.keys()]));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods.add('OPTIONS')].sort();
};

const decodeSegment = (raw: string): string => {
  const decoded = decodePercent(raw);
  if (decoded.includes('\0')) throw new TankError('malformed_path');
  return decoded;
};

export const decodePercent = (raw: string): string => {
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw new TankError('malformed_path', {}, { cause });
  }
};
