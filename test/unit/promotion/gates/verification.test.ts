import { verificationOf, type Arrival } from '../../../../sidecar/promotion/gates/verification';

const now = new Date('2031-04-01T12:00:00.000Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

function arrival(more: Partial<Arrival> = {}): Arrival {
	return {
		promotionId: 'p',
		workflowKey: 'orders',
		versionId: 'dev 1',
		kept: 'staging 1',
		action: 'update',
		at: ago(100),
		watch: null,
		...more,
	};
}

const entry = (versionId: string, workflowKey = 'orders') => ({
	workflowKey,
	versionId,
	name: workflowKey,
});
const verified = (arrivals: Arrival[], entries = [entry('dev 1')], soakSeconds = 0) =>
	verificationOf({ name: 'staging', soakSeconds }, entries, arrivals, now);

it('knows what was promoted, by the version of the source and by the one kept there', () => {
	expect(verified([arrival()]).state).toBe('verified');
	expect(verified([arrival()], [entry('staging 1')]).state).toBe('verified');
	expect(verified([arrival()], [entry('dev 2')])).toMatchObject({
		state: 'missing',
		missing: ['orders'],
	});
	expect(verified([])).toMatchObject({ state: 'missing' });
});

it('forgets what a later promotion has replaced', () => {
	const later = arrival({ versionId: 'dev 2', kept: 'staging 2' });
	expect(verified([later, arrival()]).state).toBe('missing');
	expect(verified([later, arrival()], [entry('dev 2')]).state).toBe('verified');
});

it('knows it again after a roll-back to it', () => {
	const back = arrival({ versionId: 'staging 1', kept: 'staging 1' });
	const bad = arrival({ versionId: 'dev 2', kept: 'staging 2' });
	expect(verified([back, bad, arrival()]).state).toBe('verified');
	expect(verified([back, bad, arrival()], [entry('dev 2')]).state).toBe('missing');
});

it('counts what was found equal already', () => {
	const equal = arrival({ versionId: 'dev 7', kept: null, action: 'none' });
	expect(verified([equal, arrival()], [entry('dev 7')]).state).toBe('verified');
	expect(verified([arrival(), equal], [entry('dev 7')]).state).toBe('missing');
});

it('does not count what was taken out of service', () => {
	expect(verified([arrival({ action: 'unpublish' }), arrival()]).state).toBe('missing');
});

it('waits for the soak of what came last', () => {
	const both = [entry('dev 1'), entry('dev 9', 'stock')];
	const arrivals = [
		arrival({ workflowKey: 'stock', versionId: 'dev 9', at: ago(10) }),
		arrival({ at: ago(100) }),
	];
	expect(verified(arrivals, both, 11)).toMatchObject({ state: 'soaking', until: ago(-1) });
	expect(verified(arrivals, both, 10).state).toBe('verified');
});

it('does not take for verified what regressed', () => {
	expect(verified([arrival({ watch: 'regressed' })]).state).toBe('regressed');
	expect(verified([arrival({ watch: 'passed' })]).state).toBe('verified');
});
