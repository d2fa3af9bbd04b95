import type { NewDeadLetter } from '../../../sidecar/dead-letters/dead-letter';
import {
	defaultDeadLetterRules,
	type Environment,
} from '../../../sidecar/environments/environment';
import { newId } from '../../../sidecar/kernel/ids';

/** What every test of dead letters calls now. */
export const noon = new Date('2031-04-01T12:00:00.000Z');

export function after(ms: number): Date {
	return new Date(noon.getTime() + ms);
}

export function environmentNamed(
	name: string,
	deadLetters: Partial<Environment['deadLetters']> = {},
): Environment {
	return {
		name,
		engine: 'n8n',
		baseUrl: 'http://127.0.0.1:5678',
		stage: 30,
		protected: false,
		deadLetters: { ...defaultDeadLetterRules, ...deadLetters },
		sealedAccess: 'sealed',
		access: { apiKey: true, oauth2: false },
		createdAt: noon,
		updatedAt: noon,
	};
}

/** A letter of a failed execution as the follower makes it; what is given replaces a part. */
export function newLetter(given: Partial<NewDeadLetter> = {}): NewDeadLetter {
	const executionId = given.executionId === undefined ? '41' : given.executionId;
	return {
		id: newId(),
		environment: 'production',
		dedupKey: `execution:${executionId ?? newId()}`,
		state: 'waiting',
		origin: 'follower',
		workflowId: 'orders',
		workflowName: 'Orders',
		executionId,
		executionUrl: null,
		executionIds: executionId === null ? [] : [executionId],
		error: { node: 'Work', name: 'Error', message: 'boom', description: null, httpStatus: null },
		errorClass: 'unknown',
		severity: 'error',
		fingerprint: null,
		incident: '0'.repeat(32),
		versionId: null,
		trigger: { node: 'Webhook', items: [{ json: { order: 7 } }] },
		failedInput: [{ json: { order: 7 } }],
		ran: { name: 'Orders', nodes: [], connections: {}, settings: {} },
		capturedAt: noon,
		nextReplayAt: null,
		note: null,
		createdAt: noon,
		expiresAt: after(86_400_000),
		...given,
	};
}
