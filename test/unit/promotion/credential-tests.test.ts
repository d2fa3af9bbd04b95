import type { CredentialTest } from '../../../sidecar/engines/port/definitions';
import { OrchestrationError } from '../../../sidecar/kernel/errors';
import { credentialWarnings } from '../../../sidecar/promotion/credential-tests';

const tests: Record<string, CredentialTest> = {
	good: { result: 'ok' },
	bad: { result: 'failed', message: 'Unauthorized' },
	silent: { result: 'untestable', message: 'no test' },
};
const tried: string[] = [];
const target = {
	testCredential: (id: string) => {
		tried.push(id);
		const test = tests[id];
		const away = new OrchestrationError('engine_timeout', 'it took too long');
		return test ? Promise.resolve(test) : Promise.reject(away);
	},
};
const bound = (ids: string[]) => ({
	credentials: Object.fromEntries(ids.map((id, index) => [`dev-${index}`, { id, name: id }])),
});

it('tells credentials that fail or cannot be tried, each tried once, and no others', async () => {
	const warnings = await credentialWarnings(
		target,
		bound(['good', 'bad', 'bad', 'silent', 'away', 'good', 'good']),
	);
	expect(tried.toSorted()).toEqual(['away', 'bad', 'good', 'silent']);
	expect(warnings).toMatchObject([
		{ code: 'credential_test_failed', message: expect.stringContaining('Unauthorized') },
		{ code: 'credential_test_failed', message: expect.stringContaining('it took too long') },
	]);
});
