/** Workflow types that come with the sidecar; a worker of `npm run worker` runs them. */
export const shippedTypes = ['orchestration.run', 'orchestration.fanOut'] as const;
export type ShippedType = (typeof shippedTypes)[number];

/** Names that begin like this are ours in every namespace. */
const ours = 'orchestration.';

/** Where their workers look for work, beside the task queue of the team's own workflows. */
export const shippedTaskQueue = 'n8n-orchestration';

export function isShipped(type: string): boolean {
	return type.startsWith(ours);
}
