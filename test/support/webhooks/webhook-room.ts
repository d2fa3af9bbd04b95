import type { Page, Problem } from '../../../sidecar/contract/problem';
import type { AcceptedEvent, Delivery, PutSubscription } from '../../../sidecar/contract/webhooks';
import type { SignatureScheme } from '../../../sidecar/webhooks/endpoint';
import { noFormat } from '../../../sidecar/webhooks/signatures/scheme';
import { schemes } from '../../../sidecar/webhooks/signatures/schemes';
import { until } from '../n8n/until';
import { freshDatabase } from '../postgres/fresh-database';
import { roomFor } from '../room-for';
import { startSidecar } from '../sidecar/sidecar-process';
import { startReceiver } from './receiver';

/** One for all tests of a file, there once they run. */
export const inWebhookRoom = () => roomFor(openWebhookRoom);

/** A sidecar that takes webhooks in, and somebody to deliver them to; there is no n8n. */
async function openWebhookRoom() {
	const database = await freshDatabase();
	const receiver = await startReceiver();
	const sidecar = await startSidecar({ databaseUrl: database.connectionString });
	/** @param path below `endpoints` */
	const put = async <T>(path: string, body: unknown, token?: string) =>
		await sidecar.api<T & Problem>(`/webhooks/endpoints/${path}`, {
			method: 'PUT',
			body,
			...(token === undefined ? {} : { token }),
		});
	const get = async <T>(path: string) => (await sidecar.api<T>(`/webhooks/${path}`)).body;
	return {
		database,
		sidecar,
		receiver,
		put,
		get,
		/** @param path of the endpoint and the subscription, e.g. `shop/orders` */
		subscribe: async (path: string, target: object, more: object = {}) => {
			const [endpoint, name] = path.split('/');
			return await put<PutSubscription>(`${endpoint}/subscriptions/${name}`, { target, ...more });
		},
		/** As a provider does. */
		send: async (
			endpoint: string,
			body: string | Buffer,
			headers: Record<string, string> = {},
			method = 'POST',
		) => {
			const response = await fetch(`${sidecar.url}/hooks/${endpoint}`, {
				method,
				headers: { 'content-type': 'application/json', ...headers },
				...(method === 'GET' ? {} : { body: body as string }),
			});
			const text = await response.text();
			return {
				status: response.status,
				headers: response.headers,
				body: JSON.parse(text) as AcceptedEvent & Problem & { challenge: string },
			};
		},
		/** Until there are deliveries of the subscription and all stand so. */
		deliveredTo: async (subscription: string, state = 'delivered') =>
			await until(`${subscription} to be ${state}`, async () => {
				const { data } = await get<Page<Delivery>>(`deliveries?subscription=${subscription}`);
				return data.length > 0 && data.every((each) => each.state === state) ? data : undefined;
			}),
		close: async () => {
			receiver.stop();
			await sidecar.stop();
			await database.drop();
		},
	};
}

export const secret = 'a-secret-of-the-tests';

export const signed = (scheme: SignatureScheme, body: string, id = 'evt_1', at = new Date()) =>
	schemes[scheme].sign({ id, at, body: Buffer.from(body) }, secret, noFormat);
