import type { Command } from 'commander';
import { clientsApi } from '../../../shared/wire/clients-api.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';
import { wholeNumber } from '../whole-number.ts';

interface Given {
  readonly title?: string;
  readonly organisation?: string;
  readonly sender?: readonly string[];
  readonly recipient?: readonly string[];
  readonly maxBytes?: number;
  readonly perMinute?: number;
  readonly perDay?: number;
  readonly address?: readonly string[];
  readonly transport?: string;
  readonly dns?: readonly string[];
  readonly callback?: string;
  readonly json?: true;
}

export const addClients = (program: Command): void => {
  const clients = program.command('clients').description('Other systems that send mails through the gateway');
  clients
    .command('list')
    .description('All of them, and when their certificates end')
    .option('--json', 'print JSON')
    .action(listClients);
  limits(clients.command('add <id>').description('Let another system send mails')).action(addClient);
  limits(clients.command('change <id>').description('Change what it may do; what is not named stays')).action(
    changeClient,
  );
  for (const [name, enabled, about] of [
    ['enable', true, 'Let it send again'],
    ['disable', false, 'Refuse it for now'],
  ] as const)
    clients
      .command(`${name} <id>`)
      .description(about)
      .option('--json', 'print JSON')
      .action(async (id: string, { json }: Given) =>
        shown(
          await openSession().operator.call(clientsApi.changeClient, { params: { id }, body: { enabled } }),
          json,
        ),
      );
  clients
    .command('remove <id>')
    .description('Forget it; what it sent stays')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { readonly json?: true }) => {
      await openSession().operator.call(clientsApi.removeClient, { params: { id } });
      createOutput(json === true).result({ removed: id }, () => [`${id} may send no more.`]);
    });
};

const limits = (command: Command): Command =>
  command
    .option('--title <title>', 'what people read as its name')
    .option('--organisation <name>', 'the department that answers for it')
    .option('--sender <address...>', 'from whom it may send: addresses, or @domain')
    .option('--recipient <address...>', 'to whom: addresses, @domain, or * for everybody')
    .option('--max-bytes <bytes>', 'of one request', wholeNumber)
    .option('--per-minute <requests>', 'requests a minute', wholeNumber)
    .option('--per-day <mails>', 'mails in 24 hours', wholeNumber)
    .option('--address <range...>', 'from where it may call')
    .option('--transport <name>', 'smtp, ses or outbox; none: the installation’s')
    .option('--dns <name...>', 'DNS names of certificates of a company’s own PKI')
    .option('--callback <url>', 'told over HTTPS what became of each mail')
    .option('--json', 'print JSON');

const bodyOf = ({ title, organisation, sender, recipient, address, dns, callback, ...rest }: Given) => {
  const { maxBytes, perMinute, perDay, transport } = rest;
  return {
    ...(title !== undefined && { title }),
    ...(organisation !== undefined && { organisation }),
    ...(sender && { senders: sender }),
    ...(recipient && { recipients: recipient }),
    ...(address && { addressRanges: address }),
    ...(dns && { identities: dns.map((name) => ({ dns: name })) }),
    ...(callback !== undefined && { callbackUrl: callback }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(perMinute !== undefined && { perMinute }),
    ...(perDay !== undefined && { perDay }),
    ...(transport !== undefined && { transport }),
  };
};

const addClient = async (id: string, given: Given): Promise<void> =>
  shown(
    await openSession().operator.call(clientsApi.addClient, { body: { id, ...bodyOf(given) } }),
    given.json,
  );

const changeClient = async (id: string, given: Given): Promise<void> =>
  shown(
    await openSession().operator.call(clientsApi.changeClient, { params: { id }, body: bodyOf(given) }),
    given.json,
  );

type Shown = Awaited<ReturnType<typeof read>>['items'][number];
const read = () => openSession().operator.call(clientsApi.listClients);

const shown = (client: Shown, json: true | undefined): void =>
  createOutput(json === true).result(client, () => [
    `${client.id}: from ${client.senders.join(', ')} to ${client.recipients.join(', ')}, ${client.perMinute} a minute, ${client.perDay} a day${client.enabled ? '' : ', shut'}`,
    ...(client.callbackSecret === undefined
      ? []
      : [`Callbacks are signed with ${client.callbackSecret} — it is not shown again.`]),
  ]);

const listClients = async ({ json }: Given): Promise<void> => {
  const { items } = await read();
  createOutput(json === true).result({ items }, () =>
    items.length === 0
      ? ['There are no clients yet.']
      : table(
          items.map(({ id, enabled, senders, recipients, certificates }) => [
            id,
            enabled ? 'open' : 'shut',
            senders.join(','),
            recipients.join(','),
            certificates.findLast(({ revokedAt }) => revokedAt === undefined)?.notAfter ??
              'no certificate yet',
          ]),
        ),
  );
};
