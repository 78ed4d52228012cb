import { z } from 'zod';
import { route } from './api.ts';
import { pageOf } from './replies.ts';
import { line } from './text.ts';

const Name = line(1, 100);

const OrganisationReply = z.strictObject({
  name: z.string(),
  title: z.string(),
  automations: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
});

const params = z.strictObject({ name: Name });

export const organisationsApi = {
  listOrganisations: route(
    'GET',
    '/api/v1/organisations',
    'Departments, with the number of their automations',
    {
      permission: 'automations:read',
      reply: pageOf(OrganisationReply),
    },
  ),
  addOrganisation: route('POST', '/api/v1/organisations', 'Add a department before it has an automation', {
    audit: 'organisation.changed',
    permission: 'organisations:write',
    body: z.strictObject({ name: Name, title: line(1, 200).optional() }),
    reply: OrganisationReply,
    status: 201,
  }),
  changeOrganisation: route('PATCH', '/api/v1/organisations/{name}', 'Change what people read as its name', {
    audit: 'organisation.changed',
    permission: 'organisations:write',
    params,
    body: z.strictObject({ title: line(1, 200) }),
    reply: OrganisationReply,
  }),
  removeOrganisation: route('DELETE', '/api/v1/organisations/{name}', 'Remove one that owns no automation', {
    audit: 'organisation.changed',
    permission: 'organisations:write',
    params,
    reply: z.void(),
    status: 204,
  }),
};
