import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutboxTransport } from '../../shared/adapters/outbox/transport.ts';
import { createSesTransport } from '../../shared/adapters/ses/transport.ts';
import { createSmtpTransport } from '../../shared/adapters/smtp/transport.ts';
import { startSesStandIn } from '../fixtures/ses-stand-in/start.ts';
import { startRelay } from './smtp-relay.ts';
import { describeTransport, type TransportUnderTest } from './transport-contract.ts';
import { realClock } from './transport-mails.ts';

const readMails = async (folder: string): Promise<Buffer[]> => {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return Promise.all(
    names.filter((name) => name.endsWith('.eml')).map((name) => readFile(join(folder, name))),
  );
};

const openOutbox = async (): Promise<TransportUnderTest> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tank-outbox-'));
  const transport = createOutboxTransport(dataDir, realClock);
  return {
    transport,
    arrived: () => readMails(join(dataDir, 'outbox')),
    stop: async () => {
      await transport.close();
      await rm(dataDir, { recursive: true });
    },
  };
};

const openSes = async (client: 'lean' | 'stock'): Promise<TransportUnderTest> => {
  const mails = await mkdtemp(join(tmpdir(), 'tank-ses-'));
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'made-up-secret';
  const standIn = await startSesStandIn({ mails, secretKey: 'made-up-secret' });
  const transport = createSesTransport(
    { region: 'ap-northeast-2', endpoint: standIn.url, configurationSet: 'tank', client },
    realClock,
  );
  return {
    transport,
    arrived: () => readMails(mails),
    stop: async () => {
      await transport.close();
      await standIn.stop();
      await rm(mails, { recursive: true });
    },
  };
};

const openSmtp = async (): Promise<TransportUnderTest> => {
  const relay = await startRelay();
  const transport = createSmtpTransport({ url: relay.url, ca: relay.ca }, realClock);
  return {
    transport,
    arrived: async () => relay.mails.map(({ bytes }) => bytes),
    stop: async () => {
      await transport.close();
      await relay.stop();
    },
  };
};

describeTransport('outbox', openOutbox);
describeTransport('ses, lean', () => openSes('lean'));
describeTransport('ses, stock', () => openSes('stock'));
describeTransport('smtp', openSmtp);
