import type { INodeExecutionData } from 'n8n-workflow';

import type { ReservationRequest } from '../../../sidecar/contract/rate-limits';
import { loadN8nCore } from '../../support/n8n-core';
import { roomFor } from '../../support/room-for';
import { type Chain, runChain } from './run-nodes';
import { startScriptedSidecar } from './scripted-sidecar';

/** One for all tests of a file, there once they run. */
export const inLimitRoom = () => roomFor(openLimitRoom);

/** The Rate Limit node in a real n8n-core, before a sidecar that answers what it is told to. */
async function openLimitRoom() {
	const n8n = await loadN8nCore();
	const sidecar = await startScriptedSidecar();
	const chainOf = (
		nodes: Chain['nodes'],
		input: INodeExecutionData[],
		baseUrl = sidecar.url,
	): Chain => ({
		nodes: [{ name: 'Webhook', type: 'test.trigger' }, ...nodes],
		items: input,
		baseUrl,
	});
	return {
		close: async () => await sidecar.close(),
		n8n,
		sidecar,
		chainOf,
		run: async (node: Chain['nodes'][number], input: INodeExecutionData[], baseUrl?: string) =>
			await runChain(n8n, chainOf([node], input, baseUrl)),
		/** Grants one reservation each `everyMs`. */
		granting: (everyMs = 0) =>
			sidecar.answer(({ body }) => {
				const { count = 1 } = body as ReservationRequest;
				const reservations = Array.from({ length: count }, (_, at) => {
					const waitMs = at * everyMs;
					return { at: new Date(Date.now() + waitMs).toISOString(), waitMs };
				});
				return { status: 201, body: { granted: true, reservations } };
			}),
		refusing: () => sidecar.answer(() => ({ body: { granted: false, retryAt, reservations: [] } })),
	};
}

export const nobody = 'http://127.0.0.1:9';
export const retryAt = '2030-01-01T00:00:00.000Z';
export const items = (...ids: number[]): INodeExecutionData[] =>
	ids.map((id) => ({ json: { id } }));
export const ids = (list: INodeExecutionData[]) => list.map(({ json }) => json['id']);

export const limit = (operation: string, parameters: object = {}, more: object = {}) => ({
	name: 'Limit',
	type: 'pack.rateLimit',
	parameters: { operation, key: 'pay', ...parameters } as never,
	...more,
});
