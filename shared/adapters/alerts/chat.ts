const TIMEOUT_MS = 5_000;

/** Slack, Mattermost, Teams' connectors and others take `{"text": …}`. */
export const postToChat = async (webhook: string, text: string): Promise<void> => {
  const reply = await fetch(webhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await reply.body?.cancel();
  if (!reply.ok) throw new Error(`the webhook answered ${reply.status}`);
};
