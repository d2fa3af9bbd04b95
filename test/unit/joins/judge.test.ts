import { childKey, childOf, judge, judgeAtDeadline } from '../../../sidecar/joins/join';

const counts = (succeeded: number, failed: number, cancelled = 0) => ({
	total: 5,
	succeeded,
	failed,
	cancelled,
});

it.each([
	['all', [4, 0], null],
	['all', [5, 0], 'succeeded'],
	['all', [0, 1], 'failed'],
	['all', [3, 0, 1], 'failed'],
	['collect', [2, 2], null],
	['collect', [0, 5], 'succeeded'],
	['collect', [3, 1, 1], 'succeeded'],
	['first', [0, 4], null],
	['first', [1, 0], 'succeeded'],
	['first', [0, 3, 2], 'failed'],
] as const)('judges %s with %j as %s', (mode, [succeeded, failed, cancelled], state) => {
	expect(judge({ mode }, counts(succeeded, failed, cancelled))?.state ?? null).toBe(state);
});

it('knows a quorum as soon as it is reached, or cannot be reached any more', () => {
	const quorum = (...given: Parameters<typeof counts>) =>
		judge({ mode: 'quorum', quorum: 3 }, counts(...given))?.state ?? null;
	expect([quorum(2, 2), quorum(3, 0), quorum(2, 3), quorum(0, 1, 2)]).toEqual([
		null,
		'succeeded',
		'failed',
		'failed',
	]);
});

it('has an answer in every case once all have ended', () => {
	for (const policy of [
		{ mode: 'all' },
		{ mode: 'collect' },
		{ mode: 'first' },
		{ mode: 'quorum', quorum: 2 },
	] as const) {
		for (let succeeded = 0; succeeded <= 5; succeeded += 1) {
			expect(judge(policy, counts(succeeded, 5 - succeeded))).not.toBeNull();
			const late = judgeAtDeadline(policy, counts(succeeded, 0));
			expect(late.state).toBe(judge(policy, counts(succeeded, 0, 5 - succeeded))?.state);
		}
	}
});

it('finds a child by its key in the ledger, and nothing by any other', () => {
	const id = '0198c0de-0000-7000-8000-000000000070';
	expect(childOf(childKey(id, 17))).toEqual({ joinId: id, index: 17 });
	for (const key of [null, '', 'order-17', `join/${id}`, `join/${id}/x`, `x/join/${id}/1`]) {
		expect(childOf(key)).toBeNull();
	}
});
