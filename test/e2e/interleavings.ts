import type { Promotion } from '../../sidecar/contract/promotions';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { startN8nProxy, type N8nProxy, type SeenRequest } from '../support/n8n/n8n-proxy';
import { expectOk } from '../support/n8n/n8n-requests';
import { edit, read, type FullWorkflow } from '../support/n8n/workflow-edits';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { subWorkflow } from '../support/n8n/workflows';
import { seededRandom } from '../support/seeded-random';
import { codeIn, editCode, fresh, type Scene } from './promotion-scene';

/** What a person with the editor open does while a promotion is under way. */
const deeds = ['save', 'save', 'publish', 'settings'] as const;
type Deed = (typeof deeds)[number];

interface Edit {
	deed: Deed;
	/** Before or after n8n gets this request about the workflow; counted from the application on. */
	request: number;
	side: 'before' | 'after';
	value: string;
}

export interface Interleaved {
	/** Of promotions. */
	phases: Record<string, number>;
	/** Workflows that were edited while they were promoted. */
	interleavings: number;
	edits: number;
	/** What was lost, in words; empty is what we want. */
	lost: string[];
}

/** A promotion makes about so many requests about a workflow, with those that undo it. */
const requestsOfOne = 12;

interface Workflow {
	source: string;
	target: string;
}

interface Lane {
	environment: string;
	workflows: Workflow[];
	proxy: N8nProxy;
	close(): Promise<void>;
}

/**
 * Promotes again and again while somebody edits each of the workflows in the target at random moments, and
 * looks each time whether an edit that the plan could not know was lost.
 * @param lanes promotions at once, each into an environment of its own, of so many workflows
 */
export async function interleave(
	scene: Scene,
	{ seed, count, lanes }: { seed: number; count: number; lanes: number[] },
): Promise<Interleaved> {
	const result: Interleaved = { phases: {}, interleavings: 0, edits: 0, lost: [] };
	let next = seed;
	const work = async (together: number, index: number) => {
		const lane = await openLane(scene, index, together);
		try {
			while (result.interleavings < count) await interleaveOnce(scene, lane, next++, result);
		} finally {
			await lane.close();
		}
	};
	await Promise.all(lanes.map(work));
	return result;
}

async function openLane(scene: Scene, index: number, together: number): Promise<Lane> {
	const { dev, production, operator } = scene;
	const environment = `production-${index}`;
	const proxy = await startN8nProxy(production);
	await operator.register(
		environment,
		{ baseUrl: proxy.baseUrl, apiKey: production.apiKey },
		{ deadLetters: { follow: false } },
	);
	const names = new Map<string, string>();
	for (let at = 0; at < together; at += 1) {
		const name = fresh('Interleaved');
		names.set(name, (await createWorkflow(dev, subWorkflow(name, codeOf('first')))).id);
	}
	const sources = [...names.values()];
	const into = { environment: 'dev', workflowIds: sources, to: environment };
	const first = await operator.promote({
		...into,
		mappings: { workflows: Object.fromEntries(sources.map((id) => [id, 'create'])) },
	});
	if (first.phase !== 'succeeded') throw new Error(`the first promotion ${first.phase}`);
	const { changes } = (await operator.plan(into)).plan;
	const workflows = changes.map(({ name, targetWorkflowId }) => ({
		source: names.get(name) ?? '',
		target: targetWorkflowId ?? '',
	}));
	return { environment, workflows, proxy, close: async () => await proxy.close() };
}

async function interleaveOnce(
	{ dev, production, operator, sidecar }: Scene,
	{ environment, workflows, proxy }: Lane,
	seed: number,
	result: Interleaved,
): Promise<void> {
	const brought = codeOf(`promoted ${seed}`);
	await Promise.all(
		workflows.map(async ({ source, target }) => {
			await editCode(dev, source, brought);
			await forgetTimeout(production, target);
		}),
	);
	const workflowIds = workflows.map(({ source }) => source);
	const promotion = await operator.plan({ environment: 'dev', workflowIds, to: environment });
	const random = seededRandom(seed);
	const people = await Promise.all(
		workflows.map(async ({ target }, index) => ({
			before: await read(production, target),
			person: personAt(production, target, editsOf(random, seed * workflows.length + index)),
		})),
	);
	proxy.clear();
	for (const { person } of people) {
		proxy.add({
			when: person.isAbout,
			times: Infinity,
			before: async () => await person.editAt('before'),
			after: async () => await person.editAt('after'),
		});
	}
	const asked = await sidecar.api<Promotion>(`/promotions/${promotion.id}/apply`, {
		body: { planDigest: promotion.plan.digest },
	});
	const ended = asked.ok ? await operator.ended(promotion.id) : null;
	proxy.clear();
	const phase = ended?.phase ?? `refused`;
	result.phases[phase] = (result.phases[phase] ?? 0) + 1;
	for (const { before, person } of people) {
		const { done } = person;
		result.edits += done.length;
		if (done.length > 0) result.interleavings += 1;
		const after = await read(production, before.id);
		const story = `seed ${seed}, ${phase}, ${JSON.stringify(done)}, reason ${ended?.reason ?? ''}`;
		result.lost.push(
			...lossesIn({ before, after, done, brought, phase }).map((loss) => `${loss} (${story})`),
		);
	}
}

/** Somebody who edits one workflow, one thing after the other, though requests may be under way together. */
function personAt(production: N8nConnection, target: string, edits: Edit[]) {
	const done: Edit[] = [];
	let requests = 0;
	let editing: Promise<void> = Promise.resolve();
	const perform = async ({ deed, value }: Edit) => {
		if (deed === 'settings') {
			await edit(production, target, ({ settings }) => ({
				settings: { ...settings, executionTimeout: Number(value) },
			}));
			return;
		}
		const saved = await editCode(production, target, value);
		if (deed === 'save') return;
		const body = { versionId: saved.versionId };
		expectOk('publish', await production.api(`/workflows/${target}/publish`, { body }));
	};
	return {
		done,
		isAbout: ({ path }: SeenRequest) => {
			const isIt = path.includes(target);
			if (isIt) requests += 1;
			return isIt;
		},
		editAt: async (side: Edit['side']) => {
			for (const each of edits) {
				if (done.includes(each) || each.request > requests || each.side !== side) continue;
				done.push(each);
				editing = editing.then(async () => await perform(each));
				await editing;
			}
		},
	};
}

/**
 * A setting that the promotion itself changes can be lost to an edit of the very same one within the
 * same moment: n8n keeps no versions of settings. So this one is not the promotion's to change.
 */
async function forgetTimeout(n8n: N8nConnection, id: string): Promise<void> {
	const { settings } = await read(n8n, id);
	if (settings['executionTimeout'] === undefined) return;
	await edit(n8n, id, () => ({ settings: { ...settings, executionTimeout: -1 } }));
}

function editsOf(random: () => number, seed: number): Edit[] {
	return Array.from({ length: random() < 0.3 ? 2 : 1 }, (_, index) => {
		const deed = deeds[Math.floor(random() * deeds.length)] ?? 'save';
		return {
			deed,
			request: 1 + Math.floor(random() * requestsOfOne),
			side: random() < 0.5 ? ('before' as const) : ('after' as const),
			value:
				deed === 'settings'
					? String(100 + ((seed * 2 + index) % 3000))
					: codeOf(`edit ${seed} ${index}`),
		};
	});
}

function lossesIn({
	before,
	after,
	done,
	brought,
	phase,
}: {
	before: FullWorkflow;
	after: FullWorkflow;
	done: Edit[];
	brought: string;
	phase: string;
}): string[] {
	const losses: string[] = [];
	const saved = done.findLast(({ deed }) => deed !== 'settings');
	if (saved && codeIn(after.nodes) !== saved.value) {
		losses.push(`the draft is ${String(codeIn(after.nodes))} in place of what was saved last`);
	}
	const setting = done.findLast(({ deed }) => deed === 'settings');
	if (setting && after.settings['executionTimeout'] !== Number(setting.value)) {
		losses.push(`the setting is ${String(after.settings['executionTimeout'])}`);
	}
	const live = codeIn(after.activeVersion?.nodes);
	const published = done.findLast(({ deed }) => deed === 'publish');
	const expected =
		published?.value ?? (phase === 'succeeded' ? brought : codeIn(before.activeVersion?.nodes));
	if (live !== expected) losses.push(`live is ${String(live)} in place of ${String(expected)}`);
	return losses;
}

function codeOf(text: string): string {
	return `return [{ json: { v: ${JSON.stringify(text)} } }];`;
}
