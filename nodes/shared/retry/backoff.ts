export type BackoffShape = 'constant' | 'linear' | 'exponential' | 'decorrelated';

export interface Backoff {
	shape: BackoffShape;
	/** Before the second attempt, in milliseconds. */
	firstMs: number;
	/** No delay is longer, in milliseconds. */
	maxMs: number;
	/** Takes a random part off, so that many that failed together do not come back together. */
	jitter: boolean;
}

/** @param random 0 to 1, as Math.random gives it. */
export function delayAfter(
	backoff: Backoff,
	{ attempts, lastDelayMs }: { attempts: number; lastDelayMs: number },
	random: () => number,
): number {
	const { shape, firstMs, maxMs, jitter } = backoff;
	if (shape === 'decorrelated') {
		const upTo = Math.max(firstMs, lastDelayMs * 3);
		return Math.round(Math.min(maxMs, firstMs + random() * (upTo - firstMs)));
	}
	const full = Math.min(maxMs, firstMs * growth(shape, attempts));
	return Math.round(jitter ? full * (0.5 + random() / 2) : full);
}

function growth(shape: Exclude<BackoffShape, 'decorrelated'>, attempts: number): number {
	switch (shape) {
		case 'constant':
			return 1;
		case 'linear':
			return attempts;
		case 'exponential':
			return 2 ** (attempts - 1);
	}
}
