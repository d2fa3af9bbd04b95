import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { api, dataOf } from '../api/client';
import type { components } from '../api/schema';
import { confirm } from '../feedback/confirm';
import { useToasts } from '../feedback/toasts';
import { useEnvironments } from './environments';

export type WorkflowAcross = components['schemas']['WorkflowAcross'];
export type WorkflowPlace = WorkflowAcross['environments'][number];

/** Takes a workflow out of service in one environment, or puts it back; asks first. */
export function usePausing() {
	const queries = useQueryClient();
	const toasts = useToasts();
	const { data: environments } = useEnvironments();
	const { mutateAsync, isPending } = useMutation({
		mutationFn: async (asked: { place: WorkflowPlace; reason: string; breakGlass: boolean }) => {
			const { place, reason, breakGlass } = asked;
			const params = { path: { environment: place.environment, id: place.workflowId } };
			const glass = breakGlass ? { breakGlass: reason } : {};
			if (place.paused) {
				const path = '/api/v1/environments/{environment}/workflows/{id}/resume';
				return await dataOf(api.POST(path, { params, body: glass }));
			}
			const path = '/api/v1/environments/{environment}/workflows/{id}/pause';
			const body = { ...(reason && { reason }), ...glass, force: false };
			return await dataOf(api.POST(path, { params, body }));
		},
		onSettled: async () => await queries.invalidateQueries({ queryKey: ['workflows-across'] }),
	});

	async function toggle(name: string, place: WorkflowPlace) {
		const isProtected = Boolean(
			environments.value?.find((one) => one.name === place.environment)?.protected,
		);
		const verb = place.paused ? 'Resume' : 'Pause';
		const answer = await confirm({
			title: `${verb} ${name} in ${place.environment}?`,
			consequences: [
				place.paused
					? 'Exactly the version that was live is published again. An edit made meanwhile stays a draft.'
					: 'It is unpublished there: its webhooks and schedules stop. Resume brings back the same version.',
				...(isProtected
					? [
							`${place.environment} is protected: this goes past the promotions, and the reason goes into the audit log.`,
						]
					: []),
			],
			verb,
			danger: !place.paused,
			reason: { label: isProtected ? 'Reason' : 'Reason (optional)', isRequired: isProtected },
		});
		if (!answer) return;
		try {
			await mutateAsync({ place, reason: answer.reason, breakGlass: isProtected });
			toasts.done(`${name} is ${place.paused ? 'live again' : 'paused'} in ${place.environment}`);
		} catch (error) {
			toasts.failed(`${place.paused ? 'Resuming' : 'Pausing'} ${name}`, error);
		}
	}
	return { toggle, isPending };
}
