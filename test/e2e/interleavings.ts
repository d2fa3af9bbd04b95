import type { Promotion } from '../../sidecar/contract/promotions';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { startN8nProxy, type N8nProxy } from '../support/n8n/n8n-proxy';
import { expectOk } from '../support/n8n/n8n-requests';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { subWorkflow } from '../support/n8n/workflows';
import { seededRandom } from '../support/seeded-random';
import {
	codeIn,
	edit,
	editCode,
	fresh,
	read,
	type FullWorkflow,
	type Scene,
} from './promotion-scene';

/** What a person with the editor open does while a promotion is under way. */
const deeds = ['save', 'save', 'publish', 'settings'] as const;
type Deed = (typeof deeds)[number];

interface Edit {
	deed: Deed;
	/** Before or after n8n gets this request of the promotion; counted from its application on. */
	request: number;
	side: 'before' | 'after';
	value: string;
}

export interface Interleaved {
	phases: Record<string, number>;
	/** Edits that came while it was under way. */
	edits: number;
	/** What was lost, in words; empty is what we want. */
	lost: string[];
	/**
	 * An edit that was also published between our look at what is live and our publication. It is the
	 * draft still; that it was live for that moment is nothing n8n's public API tells.
	 */
	overtaken: number;
}

/** A promotion into n8n makes about so many requests. */
const requestsOfOne = 16;

interface Lane {
	environment: string;
	source: string;
	target: string;
	proxy: N8nProxy;
	close(): Promise<void>;
}

/**
 * Promotes again and again while somebody edits the same workflow of the target at random moments, and
 * looks each time whether an edit that the plan could not know was lost.
 * @param lanes so many at once, each on a workflow of its own
 */
export async function interleave(
	scene: Scene,
	{ seed, count, lanes }: { seed: number; count: number; lanes: number },
): Promise<Interleaved> {
	const result: Interleaved = { phases: {}, edits: 0, lost: [], overtaken: 0 };
	let next = 0;
	const work = async (index: number) => {
		const lane = await openLane(scene, index);
		try {
			for (let turn = next++; turn < count; turn = next++) {
				await interleaveOnce(scene, lane, seed + turn, result);
			}
		} finally {
			await lane.close();
		}
	};
	await Promise.all(Array.from({ length: lanes }, async (_, index) => await work(index)));
	return result;
}

async function openLane(scene: Scene, index: number): Promise<Lane> {
	const { dev, production, operator } = scene;
	const environment = `production-${index}`;
	const proxy = await startN8nProxy(production);
	await operator.register(
		environment,
		{ baseUrl: proxy.baseUrl, apiKey: production.apiKey },
		{ deadLetters: { follow: false } },
	);
	const source = (await createWorkflow(dev, subWorkflow(fresh('Interleaved'), codeOf('first')))).id;
	const first = await operator.promote({
		environment: 'dev',
		workflowIds: [source],
		to: environment,
		mappings: { workflows: { [source]: 'create' } },
	});
	if (first.phase !== 'succeeded') throw new Error(`the first promotion ${first.phase}`);
	const again = await operator.plan({ environment: 'dev', workflowIds: [source], to: environment });
	const target = again.plan.changes[0]?.targetWorkflowId ?? '';
	return { environment, source, target, proxy, close: async () => await proxy.close() };
}

async function interleaveOnce(
	{ dev, production, operator, sidecar }: Scene,
	{ environment, source, target, proxy }: Lane,
	seed: number,
	result: Interleaved,
): Promise<void> {
	const random = seededRandom(seed);
	const brought = codeOf(`promoted ${seed}`);
	await editCode(dev, source, brought);
	await forgetTimeout(production, target);
	const plan = { environment: 'dev', workflowIds: [source], to: environment };
	const promotion = await operator.plan(plan);
	const before = await read(production, target);
	proxy.clear();
	const done: Edit[] = [];
	let requests = 0;
	let editing: Promise<void> = Promise.resolve();
	const edits = editsOf(random, seed);
	proxy.add({
		when: () => {
			requests += 1;
			return true;
		},
		times: Infinity,
		before: async () => await editAt(requests, 'before'),
		after: async () => await editAt(requests, 'after'),
	});
	const editAt = async (request: number, side: Edit['side']) => {
		for (const each of edits) {
			if (done.includes(each) || each.request > request || each.side !== side) continue;
			done.push(each);
			// One person, who does one thing after the other: requests of a promotion may be under way together.
			editing = editing.then(async () => await perform(each));
			await editing;
		}
	};
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
	const asked = await sidecar.api<Promotion>(`/promotions/${promotion.id}/apply`, {
		body: { planDigest: promotion.plan.digest },
	});
	const ended = asked.ok ? await operator.ended(promotion.id) : null;
	proxy.clear();
	const phase = ended?.phase ?? `refused`;
	result.phases[phase] = (result.phases[phase] ?? 0) + 1;
	result.edits += done.length;
	const after = await read(production, target);
	if (isOvertaken(after, done, before)) result.overtaken += 1;
	const story = `seed ${seed}, ${phase}, ${JSON.stringify(done)}, reason ${ended?.reason ?? ''}`;
	result.lost.push(
		...lossesIn({ before, after, done, brought, phase }).map((loss) => `${loss} (${story})`),
	);
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
	if (live !== expected && !isOvertaken(after, done, before))
		losses.push(`live is ${String(live)} in place of ${String(expected)}`);
	return losses;
}

function isOvertaken(after: FullWorkflow, done: Edit[], before: FullWorkflow): boolean {
	const published = done.findLast(({ deed }) => deed === 'publish');
	const live = codeIn(after.activeVersion?.nodes);
	return (
		published !== undefined &&
		live !== published.value &&
		live === codeIn(before.activeVersion?.nodes)
	);
}

function codeOf(text: string): string {
	return `return [{ json: { v: ${JSON.stringify(text)} } }];`;
}
