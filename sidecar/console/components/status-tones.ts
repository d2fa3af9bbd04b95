export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle';

/** The words of the product, and how they feel. A word that is not here is shown without colour. */
const tones: Record<string, Tone> = {
	// promotions and their steps
	planned: 'idle',
	'awaiting-approval': 'warn',
	applying: 'busy',
	verifying: 'busy',
	succeeded: 'good',
	failed: 'bad',
	errored: 'bad',
	'rolling-back': 'busy',
	'rolled-back': 'warn',
	aborted: 'idle',
	pending: 'idle',
	started: 'busy',
	done: 'good',
	compensated: 'warn',
	watching: 'busy',
	regressed: 'bad',
	superseded: 'idle',
	passed: 'good',
	closed: 'good',
	// executions
	queued: 'idle',
	running: 'busy',
	canceled: 'idle',
	'in-doubt': 'warn',
	'never-started': 'warn',
	'dead-lettered': 'bad',
	// dead letters
	waiting: 'warn',
	scheduled: 'busy',
	replaying: 'busy',
	resolved: 'good',
	discarded: 'idle',
	expired: 'idle',
	// rehearsals
	succeeds: 'good',
	fails: 'bad',
	'cannot-tell': 'warn',
	// circuits
	open: 'bad',
	'half-open': 'warn',
	// webhooks
	delivered: 'good',
	delivering: 'busy',
	dead: 'bad',
	paused: 'warn',
	active: 'good',
	// alerts
	firing: 'bad',
	// drift
	'in-sync': 'good',
	drifted: 'warn',
	missing: 'bad',
};

export function toneOf(word: string): Tone {
	return tones[word] ?? 'idle';
}
