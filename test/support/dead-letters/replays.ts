import type {
	NewReplay,
	ReplayEnd,
	ReplayLease,
} from '../../../sidecar/dead-letters/dead-letter-store';
import { after, noon } from './letters';

/** A retry in n8n that somebody asked for at noon. */
export const retry: NewReplay = {
	strategy: 'retry',
	version: null,
	traceparent: '00-1-1-01',
	requestedBy: 'me',
	startedAt: noon,
};

export const lease = (owner: string): ReplayLease => ({ owner, ttlMs: 60_000 });

export const failure = (executionId: string | null, letter: ReplayEnd['letter']): ReplayEnd => ({
	status: 'failed',
	executionId,
	message: 'still down',
	finishedAt: after(1000),
	letter,
});

export const success: ReplayEnd = {
	status: 'succeeded',
	executionId: '50',
	message: null,
	finishedAt: after(1000),
	letter: { state: 'resolved' },
};
