import { loadN8nCore } from '../../support/n8n-core';
import { roomFor } from '../../support/room-for';
import { type Chain, runChain } from './run-nodes';
import { startScriptedSidecar, type SidecarAnswer, type SidecarCall } from './scripted-sidecar';

type LetterRoom = Awaited<ReturnType<typeof openLetterRoom>>;

/** One for all tests of a file, there once they run; every test begins with a sidecar that keeps all. */
export function inLetterRoom(): LetterRoom {
	const room = roomFor(openLetterRoom);
	beforeEach(() => room.sidecar.answer(keeps));
	return room;
}

/** The Dead Letter node in a real n8n-core, before a sidecar that answers what it is told to. */
async function openLetterRoom() {
	const n8n = await loadN8nCore();
	const sidecar = await startScriptedSidecar();
	return {
		close: async () => await sidecar.close(),
		n8n,
		sidecar,
		run: async (nodes: Chain['nodes'], items: Chain['items'], baseUrl = sidecar.url) =>
			await runChain(n8n, { nodes, items, baseUrl }),
	};
}

export interface SentLetter {
	failedInput: [{ json: { id: number } }];
	position: { item: number };
	[field: string]: unknown;
}

export const lettersIn = (body: unknown): SentLetter[] | undefined =>
	(body as { letters?: SentLetter[] } | undefined)?.letters;

/** As the sidecar answers: one letter, or as many as were sent. */
export const keeps = ({ body }: SidecarCall, before: number): SidecarAnswer => {
	const letters = lettersIn(body)?.map(({ position }) => ({ id: `dl-${before}-${position.item}` }));
	return { status: 201, body: letters ? { letters } : { id: `dl-${before}` } };
};

export const trigger = { name: 'Webhook', type: 'test.trigger' };
export const failing = {
	name: 'HTTP',
	type: 'test.http',
	onError: 'continueErrorOutput' as const,
	output: 1,
};
export const letterNode = { name: 'Dead Letter', type: 'pack.deadLetter' };

export const order = (id: number, bad = false) => ({ json: { id, ...(bad ? { bad } : {}) } });

export const withOptions = (options: object, more: object = {}) => ({
	...letterNode,
	parameters: { options } as never,
	...more,
});
