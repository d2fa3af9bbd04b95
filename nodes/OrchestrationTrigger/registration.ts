import { createHash, randomBytes } from 'node:crypto';

import type { IHookFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { PutSubscription, Subscription } from '../../sidecar/contract/webhooks';
import { connectSidecar } from '../shared/sidecar-client';
import { bodyFor, pathOf, type Wanted, wantedBy } from './subscription';

/** Kept in the node's static data, as it was registered last. */
export interface Registered {
	endpoint?: string;
	name?: string;
	secret?: string;
}

export const registeredOf = (context: Pick<IHookFunctions, 'getWorkflowStaticData'>): Registered =>
	context.getWorkflowStaticData('node') as Registered;

/** Whether the sidecar has the subscription as the node wants it, and we its secret. */
export async function isSubscribed(context: IHookFunctions): Promise<boolean> {
	const { endpoint, name, secret } = registeredOf(context);
	const wanted = wantedBy(context);
	if (!secret || endpoint !== wanted.endpoint || name !== nameOf(context)) return false;
	const sidecar = await connectSidecar(context);
	try {
		const path = pathOf(endpoint, name);
		return isAsWanted(
			await sidecar.request<Subscription>({ method: 'GET', path }),
			wanted,
			context,
		);
	} catch (error) {
		if (error instanceof NodeApiError && error.httpCode === '404') return false;
		throw registrationError(context, error);
	}
}

/** Subscribes, or changes the subscription that is there; with a new secret each time. */
export async function subscribe(context: IHookFunctions): Promise<boolean> {
	const wanted = wantedBy(context);
	const name = nameOf(context);
	const secret = `whsec_${randomBytes(32).toString('base64')}`;
	const before = { ...registeredOf(context) };
	const registered = registeredOf(context);
	try {
		const sidecar = await connectSidecar(context);
		await sidecar.request<PutSubscription>({
			method: 'PUT',
			path: pathOf(wanted.endpoint, name),
			body: bodyFor(wanted, urlOf(context), secret),
		});
	} catch (error) {
		throw registrationError(context, error);
	}
	Object.assign(registered, { endpoint: wanted.endpoint, name, secret });
	// The node was set to another endpoint while it was registered.
	if (before.endpoint && before.name && before.endpoint !== wanted.endpoint) {
		await unsubscribe(context, { endpoint: before.endpoint, name: before.name });
	}
	return true;
}

/** Never in the way of taking a workflow down: what could not be removed is removed or used next time. */
export async function endSubscription(context: IHookFunctions): Promise<boolean> {
	const registered = registeredOf(context);
	const { endpoint, name } = registered;
	if (!endpoint || !name) return true;
	if (!(await unsubscribe(context, { endpoint, name }))) return false;
	delete registered.endpoint;
	delete registered.name;
	delete registered.secret;
	return true;
}

async function unsubscribe(
	context: IHookFunctions,
	{ endpoint, name }: { endpoint: string; name: string },
): Promise<boolean> {
	try {
		const sidecar = await connectSidecar(context);
		await sidecar.request({ method: 'DELETE', path: pathOf(endpoint, name) });
		return true;
	} catch (error) {
		if (error instanceof NodeApiError && error.httpCode === '404') return true;
		context.logger.warn(
			`The subscription ${endpoint}/${name} could not be removed: ${(error as Error).message}`,
		);
		return false;
	}
}

const urlOf = (context: IHookFunctions): string => context.getNodeWebhookUrl('default') ?? '';

/** The same for the same node of the same instance; another one while it listens for a test event. */
function nameOf(context: IHookFunctions): string {
	const parts = [context.getInstanceId(), context.getWorkflow().id, context.getNode().id];
	const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
	const isTest = context.getMode() === 'manual' && context.getActivationMode() === 'manual';
	return `n8n-${digest}${isTest ? '-test' : ''}`;
}

function isAsWanted(found: Subscription, wanted: Wanted, context: IHookFunctions): boolean {
	const { target, enabled, paused, events, filter, environment } = found;
	return (
		'url' in target &&
		target.url === urlOf(context) &&
		enabled &&
		!paused &&
		filter === wanted.filter &&
		// A token for one environment fills that one in.
		(wanted.environment === null || environment === wanted.environment) &&
		JSON.stringify([...events].sort()) === JSON.stringify([...wanted.events].sort())
	);
}

/** Says what is mostly wrong: who the token is for, or what address n8n thinks it has. */
function registrationError(context: IHookFunctions, error: unknown): Error {
	if (error instanceof NodeApiError && ['400', '403', '422'].includes(error.httpCode ?? '')) {
		const hint = `n8n gives ${urlOf(context)} as its address. The sidecar must know it as that of a registered environment (WEBHOOK_URL of n8n, base URL of the environment), or the token must be an operator's.`;
		error.description = [error.description, hint].filter(Boolean).join('\n');
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(context.getNode(), error as Error);
}
