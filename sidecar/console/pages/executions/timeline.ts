import type { Tone } from '../../components/status-tones';
import { duration } from '../../time/wording';
import { type ExecutionDetail, originWords } from './execution';

/** Something that happened to an execution. */
export interface Moment {
	at: string;
	title: string;
	detail?: string;
	tone: Tone;
	to?: string;
}

/** The path of one execution: accepted, every attempt, what came of it. */
export function timelineOf(execution: ExecutionDetail): Moment[] {
	const moments: Moment[] = [];
	const { origin, retryOf, tenant, priority, acceptedAt } = execution;
	moments.push({
		at: acceptedAt,
		title: origin === 'observed' ? 'Seen in n8n' : 'Accepted',
		detail: [
			originWords[origin] ?? origin,
			tenant ? `for ${tenant}` : '',
			priority === 0 ? '' : `priority ${priority}`,
		]
			.filter((word) => word !== '')
			.join(', '),
		tone: 'idle',
		...(retryOf && { to: `/executions/${retryOf}` }),
	});
	for (const attempt of execution.history) {
		const by = attempt.route === 'runner' ? 'by the runner workflow' : 'by its webhook';
		moments.push({
			at: attempt.sentAt,
			title: `Attempt ${attempt.number} sent`,
			detail: attempt.route ? by : 'way not decided',
			tone: 'busy',
		});
		if (attempt.finishedAt) {
			moments.push({
				at: attempt.finishedAt,
				title: `Attempt ${attempt.number} ${attempt.status}`,
				...(attempt.message && { detail: attempt.message }),
				tone: attempt.status === 'succeeded' ? 'good' : 'warn',
			});
		}
	}
	return [...moments, ...endOf(execution)];
}

function endOf(execution: ExecutionDetail): Moment[] {
	const { status, finishedAt, durationMs, error, failedNode, letterId, dueAt, outcome } = execution;
	if (status === 'queued' && dueAt) {
		return [{ at: dueAt, title: 'To be sent', detail: 'when its turn comes', tone: 'idle' }];
	}
	if (!finishedAt) return [];
	const took = durationMs === null ? '' : `after ${duration(durationMs)}`;
	if (status === 'succeeded') {
		return [{ at: finishedAt, title: 'Succeeded', detail: took, tone: 'good' }];
	}
	const why = error ? `${failedNode ? `${failedNode}: ` : ''}${error.message}` : (outcome ?? '');
	const end: Moment = {
		at: finishedAt,
		title: status === 'failed' ? 'Failed for good' : 'Canceled',
		detail: why,
		tone: status === 'failed' ? 'bad' : 'idle',
	};
	if (!letterId) return [end];
	const letter: Moment = {
		at: finishedAt,
		title: 'Kept as a dead letter',
		detail: 'open it to replay',
		tone: 'warn',
		to: `/dead-letters/${letterId}`,
	};
	return [end, letter];
}
