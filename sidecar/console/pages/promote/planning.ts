import { useQueryClient } from '@tanstack/vue-query';
import { ref } from 'vue';
import { useRouter } from 'vue-router';
import { api, dataOf } from '../../api/client';
import type { components } from '../../api/schema';
import { joined, type Mappings, type Mend, type Promotion } from './mend';

type Input = components['schemas']['PromotionInput'];

/** What was answered on a route while planning, until a promotion is applied and it is remembered. */
const key = (from: string, to: string) => `mappings ${from} ${to}`;
function answered(from: string, to: string): Mappings {
	return JSON.parse(sessionStorage.getItem(key(from, to)) ?? '{}') as Mappings;
}

/** Plans, and plans again with a blocker mended; goes to the new plan. */
export function usePlanning() {
	const router = useRouter();
	const queries = useQueryClient();
	const isPlanning = ref(false);

	async function plan(input: Input, from: string, replaces = false) {
		isPlanning.value = true;
		try {
			const mappings = joined(answered(from, input.to), input.mappings ?? {});
			const promotion = await dataOf(
				api.POST('/api/v1/promotions', { body: { ...input, mappings } }),
			);
			queries.setQueryData(['promotion', promotion.id], promotion);
			const to = `/promotions/${promotion.id}`;
			await (replaces ? router.replace(to) : router.push(to));
		} finally {
			isPlanning.value = false;
		}
	}

	async function mend({ from, to, releaseId }: Promotion, { mappings, alongWith }: Mend) {
		const all = joined(answered(from, to), mappings ?? {});
		sessionStorage.setItem(key(from, to), JSON.stringify(all));
		const release = await dataOf(
			api.GET('/api/v1/releases/{id}', { params: { path: { id: releaseId } } }),
		);
		const requested = release.manifest
			.filter((entry) => entry.requested)
			.map(({ workflowId }) => workflowId);
		const workflowIds = [...requested, ...(alongWith ? [alongWith] : [])];
		await plan({ environment: from, workflowIds, to }, from, true);
	}
	return { plan, mend, isPlanning };
}
