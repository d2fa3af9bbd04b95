import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { PermitAnswer, PermitRequest } from '../../../sidecar/contract/circuits';
import { loadN8nCore } from '../../support/n8n-core';
import { roomFor } from '../../support/room-for';
import { type Chain, runChain } from './run-nodes';
import { startScriptedSidecar, type SidecarAnswer } from './scripted-sidecar';
import type { Children } from './sub-workflows';

/** One for all tests of a file, there once they run. */
export const inBreakerRoom = () => roomFor(openBreakerRoom);

/** The Circuit Breaker node in a real n8n-core, before a sidecar that answers what it is told to. */
async function openBreakerRoom() {
	const n8n = await loadN8nCore();
	const sidecar = await startScriptedSidecar();
	let circuits = 0;
	return {
		close: async () => await sidecar.close(),
		n8n,
		sidecar,
		/** A circuit nobody has used: those of a process live as long as it. */
		newCircuit: () => `circuit ${++circuits}`,
		run: async (
			node: Chain['nodes'][number],
			items: INodeExecutionData[],
			baseUrl = sidecar.url,
			around?: Children['around'],
		) =>
			await runChain(n8n, {
				nodes: [trigger, node],
				items,
				baseUrl,
				...(around ? { around } : {}),
			}),
		/** Plays the contract: what it answers to permits and outcomes, and whether it is there. */
		fleet: (answer: Partial<PermitAnswer> = {}) =>
			sidecar.answer(({ route, body }): SidecarAnswer => {
				if (!route.endsWith('/permits')) return { body: { key: 'k' } };
				const granted = answer.granted ?? (body as PermitRequest).count ?? 1;
				return {
					body: {
						allowed: granted > 0,
						granted,
						state: 'closed',
						retryAt: null,
						permits: [],
						...answer,
					},
				};
			}),
	};
}

export const trigger = { name: 'Webhook', type: 'test.trigger' };
export const items = (...ids: number[]): INodeExecutionData[] =>
	ids.map((id) => ({ json: { id } }));
export const ids = (list: INodeExecutionData[]) => list.map(({ json }) => json['id']);
export const seen = (list: INodeExecutionData[]) =>
	list.map(({ json }) => json['circuitBreaker'] as IDataObject);

export const breaker = (
	operation: string,
	circuit: string,
	parameters: object = {},
	more: object = {},
) => ({
	name: 'Breaker',
	type: 'pack.circuitBreaker',
	parameters: {
		operation,
		circuit: { __rl: true, mode: 'name', value: circuit },
		...parameters,
	} as never,
	...more,
});

export const shared = (
	operation: string,
	circuit: string,
	parameters: object = {},
	more: object = {},
) => breaker(operation, circuit, { scope: 'fleet', ...parameters }, more);

export const error = { error: { message: '503 - "down"', status: 503 } };
