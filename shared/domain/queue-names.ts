export const QUEUES = ['expand', 'urgent', 'bulk', 'write-back', 'events'] as const;
export type QueueName = (typeof QUEUES)[number];
