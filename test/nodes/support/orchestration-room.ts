import type { Promotion } from '../../../sidecar/contract/promotions';
import { loadN8nCore } from '../../support/n8n-core';
import { roomFor } from '../../support/room-for';
import { runChain } from './run-nodes';
import { startScriptedSidecar } from './scripted-sidecar';

type OrchestrationRoom = Awaited<ReturnType<typeof openOrchestrationRoom>>;

/** One for all tests of a file, there once they run; every test begins with a sidecar that answers `{id: 'x'}`. */
export function inOrchestrationRoom(): OrchestrationRoom {
	const room = roomFor(openOrchestrationRoom);
	beforeEach(() => room.sidecar.answer(() => ({ body: { id: 'x' } })));
	return room;
}

/** The Orchestration node in a real n8n-core, before a sidecar that answers what it is told to. */
async function openOrchestrationRoom() {
	const n8n = await loadN8nCore();
	const sidecar = await startScriptedSidecar();
	/** @param more of the node, beside its parameters */
	const orchestrate = async (parameters: object, more: object = {}, items = [{ json: {} }]) => {
		const node = {
			name: 'Orchestration',
			type: 'pack.orchestration',
			parameters: parameters as never,
			...more,
		};
		const outcome = await runChain(n8n, {
			nodes: [{ name: 'Trigger', type: 'test.trigger' }, node],
			items,
			baseUrl: sidecar.url,
		});
		return {
			json: outcome.json('Orchestration'),
			items: outcome.items('Orchestration'),
			errorItems: outcome.json('Orchestration', 1),
			error: outcome.run.data.resultData.error,
		};
	};
	return {
		n8n,
		sidecar,
		orchestrate,
		/** It is the only call, and what is answered comes out. */
		expectOneCall: async (parameters: object, route: string, body: unknown) => {
			const { json, error } = await orchestrate(parameters);

			expect(error).toBeUndefined();
			expect(sidecar.calls).toHaveLength(1);
			expect(sidecar.calls[0]).toMatchObject({ route });
			expect(sidecar.calls[0]?.body).toEqual(body);
			expect(json).toEqual([{ id: 'x' }]);
		},
		close: async () => await sidecar.close(),
	};
}

export const locator = (value: string) => ({ __rl: true, mode: 'id', value });
export const letter = { resource: 'deadLetter', deadLetterId: 'dl/1' };
export const workflow = { environment: locator('dev'), workflow: locator('w1') };

export const promotion = (changes: Partial<Promotion> = {}): Promotion => ({
	id: 'p1',
	phase: 'planned',
	releaseId: 'r1',
	from: 'dev',
	to: 'production',
	rollbackOf: null,
	plan: { digest: 'd1', changes: [], blockers: [], warnings: [] },
	steps: [],
	reason: null,
	createdBy: 'test',
	createdAt: '2026-01-01T00:00:00.000Z',
	updatedAt: '2026-01-01T00:00:00.000Z',
	...changes,
});
