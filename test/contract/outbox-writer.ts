/** Sends to the outbox of the given data folder until it is killed, and prints each attempt after it was accepted. */
import { createOutboxTransport } from '../../shared/adapters/outbox/transport.ts';
import { mailOf } from '../unit/mime-mails.ts';
import { never, realClock } from './transport-mails.ts';

const outbox = createOutboxTransport(process.argv[2] ?? '', realClock);
const html = Buffer.alloc(50_000, 'a');
let serial = 0;
const sendOn = async (): Promise<never> => {
  for (;;) {
    serial += 1;
    const mail = mailOf({ attemptId: `w${serial}`, html });
    const outcome = await outbox.send(mail, never());
    if (outcome.kind === 'accepted') process.stdout.write(`${mail.attemptId}\n`);
  }
};
await Promise.all(Array.from({ length: 16 }, sendOn));
