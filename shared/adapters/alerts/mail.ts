import { createTransport } from 'nodemailer';

const TIMEOUT_MS = 5_000;

/** A relay of its own: an alert about the transport must not leave by it. */
export const sendByMail = async (url: string, addresses: readonly string[], text: string): Promise<void> => {
  const [from = '', ...others] = addresses;
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    requireTLS: url.startsWith('smtp:') && !isLocal(url),
  });
  try {
    await transport.sendMail({ from, to: [from, ...others], subject: text.slice(0, 100), text });
  } finally {
    transport.close();
  }
};

const isLocal = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
