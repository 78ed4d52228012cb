import type { OutgoingMail } from '../../domain/mail.ts';
import type { MailPlan } from '../../domain/mime/compose.ts';
import { toSesTags } from '../../domain/mime/ses-tags.ts';

/** SendEmail without its content, as the API names it. */
export interface SendEmailFields {
  readonly FromEmailAddress: string;
  readonly Destination: { readonly ToAddresses: string[] };
  readonly FeedbackForwardingEmailAddress?: string;
  readonly ConfigurationSetName?: string;
  readonly EmailTags: { readonly Name: string; readonly Value: string }[];
}

export const toSendEmailFields = (
  mail: OutgoingMail,
  plan: MailPlan,
  configurationSet: string | undefined,
): SendEmailFields => ({
  FromEmailAddress: plan.from,
  Destination: { ToAddresses: [plan.to] },
  ...(mail.returnPath === undefined ? {} : { FeedbackForwardingEmailAddress: plan.returnPath }),
  ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
  EmailTags: Array.from(toSesTags(mail), ([Name, Value]) => ({ Name, Value })),
});

/** The JSON body in chunks, the mail's base64 spliced in: it needs no escaping. */
export const toRequestBody = (fields: SendEmailFields, mailAsBase64: readonly Buffer[]): Buffer[] => {
  const start = JSON.stringify(fields).slice(0, -1);
  return [Buffer.from(`${start},"Content":{"Raw":{"Data":"`), ...mailAsBase64, Buffer.from('"}}}')];
};
