/** Workflow types that come with the sidecar; a worker of `npm run worker` runs them. */
export const shippedTypes = ['orchestration.run', 'orchestration.fanOut'] as const;
export type ShippedType = (typeof shippedTypes)[number];

/** Names that begin like this are ours in every namespace. */
const ours = 'orchestration.';

export function isShipped(type: string): boolean {
	return type.startsWith(ours);
}

/**
 * Where their workers look for work. By the task queue of the environment, so that several sidecars
 * can share a namespace.
 */
export function shippedTaskQueue(ofEnvironment: string | null): string {
	return `${ofEnvironment ?? 'n8n'}-orchestration`;
}
