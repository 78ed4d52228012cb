import { verify } from 'node:crypto';
import { TankError } from '../../domain/errors.ts';
import {
  hashOfVersion,
  hostOfRegion,
  isSigningCertUrl,
  regionOfTopic,
  textToSign,
} from '../../domain/sns.ts';
import type { Sns } from '../../ports/sns.ts';
import type { Web } from '../../ports/web.ts';
import type { SigningCertificates } from './certificates.ts';

export interface SnsDependencies {
  readonly topics: readonly string[];
  readonly web: Web;
  readonly certificates: SigningCertificates;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

export const createSns = ({ topics, web, certificates }: SnsDependencies): Sns => {
  const allowed = new Set(topics);
  return {
    isAllowed: (topicArn) => allowed.has(topicArn),

    verify: async (message) => {
      const region = regionOf(message.TopicArn, allowed);
      const hash = hashOfVersion(message.SignatureVersion);
      if (!hash) throw refused('its signature is of an unknown version');
      if (!isSigningCertUrl(message.SigningCertURL, region))
        throw refused('its certificate does not lie where SNS keeps them');
      const { publicKey } = await certificates.get(message.SigningCertURL, region);
      const signature = Buffer.from(message.Signature, 'base64');
      if (!verify(hash, Buffer.from(textToSign(message)), publicKey, signature))
        throw refused('its signature is wrong');
    },

    confirm: async (topicArn, token) => {
      const host = hostOfRegion(regionOf(topicArn, allowed));
      const reply = await web.exchange({
        url: `https://${host}/`,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          Action: 'ConfirmSubscription',
          Version: '2010-03-31',
          TopicArn: topicArn,
          Token: token,
        }).toString(),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      });
      if (reply.status !== 200)
        throw new TankError('web_failed', { host, reason: `it answered ${reply.status}` });
    },
  };
};

/** Asked before anything is fetched: an address is only ever built from a topic of the settings. */
const regionOf = (topicArn: string, allowed: ReadonlySet<string>): string => {
  const region = regionOfTopic(topicArn);
  if (!allowed.has(topicArn) || region === undefined) throw refused('its topic is not one of ours');
  return region;
};

const refused = (reason: string): TankError => new TankError('notification_refused', { reason });
