import { findSecrets } from '../../../sidecar/workflow-versions/secret-scan';
import { planted, randomId, seeded } from '../../corpus/planting';
import { allFixtures, node, orderRouting, withNode } from './fixtures';

const random = seeded(4);
const letters = (length: number) =>
	Array.from({ length: Math.ceil(length / 16) }, () => randomId(random))
		.join('')
		.slice(0, length);
const hex = (length: number) =>
	Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');

/** Put together here, so that no scanner of this repository takes them for real. */
const tokens: Array<[kind: string, token: string]> = [
	['private key', `-----BEGIN ${'RSA'} PRIVATE KEY-----`],
	['AWS access key', `AKIA${'ABCDEFGH234567AB'}`],
	['Google API key', `AIza${letters(35)}`],
	['GitHub token', `ghp_${letters(36)}`],
	['GitLab token', `glpat-${letters(20)}`],
	['Slack token', `xoxb-${hex(12)}-${letters(24)}`],
	['Telegram bot token', `123456789:AA${letters(33)}`],
	['Stripe key', `sk_live_${letters(24)}`],
	['OpenAI key', `sk-proj-${letters(40)}`],
	['SendGrid key', `SG.${letters(22)}.${letters(43)}`],
	['Shopify token', `shpat_${hex(32)}`],
	['Airtable token', `pat${letters(14)}.${hex(64)}`],
	['npm token', `npm_${letters(36)}`],
	['signed token (JWT)', `eyJ${letters(20)}.eyJ${letters(30)}.${letters(43)}`],
	['password in an address', `postgres://app:${letters(10)}@db.example/orders`],
];

describe('tokens of a known shape', () => {
	it.each(tokens)('of the kind %s are found wherever they are planted', (kind, token) => {
		for (const content of allFixtures()) {
			for (let each = 0; each < 10; each += 1) {
				const sown = planted(content, token, random);
				const found = findSecrets(sown.content);
				expect(found.map((secret) => secret.kind)).toContain(kind);
				expect(JSON.stringify(found)).not.toContain(token);
			}
		}
	});
});

const inNode = (parameters: Record<string, unknown>) =>
	findSecrets({
		...orderRouting(),
		nodes: [node('HTTP', 'n8n-nodes-base.httpRequest', { parameters })],
	});

describe('values that are called a secret', () => {
	const value = 'q8Zr41LmX0vTb7Kd';

	it.each([
		['a field', { apiKey: value }],
		['a header', { headers: [{ name: 'X-Api-Key', value }] }],
		['a bearer header', { headers: [{ name: 'Authorization', value: `Bearer ${value}` }] }],
		['a field of a Set node', { values: { string: [{ name: 'client_secret', value }] } }],
		['a query parameter', { url: `https://api.example/v1?access_token=${value}&page=1` }],
		['code', { jsCode: `const apiKey = "${value}";\nreturn [];` }],
		['JSON as text', { jsonBody: `{"password": "${value}"}` }],
		['escaped JSON', { jsCode: `JSON.parse("{\\"token\\": \\"${value}\\"}")` }],
		['an expression', { value: `={{ { secret: '${value}' } }}` }],
	])('are found in %s', (_, parameters) => {
		const found = inNode(parameters);
		expect(found.length).toBeGreaterThan(0);
		expect(JSON.stringify(found)).not.toContain(value);
	});

	it.each([
		['an expression', { apiKey: '={{ $json.apiKey }}' }],
		['a path', { password: 'body.user.password1' }],
		['a placeholder', { apiKey: 'YOUR_API_KEY_123' }],
		['another placeholder', { token: 'xxxxxxxxxxxx1234' }],
		['a word', { token: 'continuation' }],
		['a variable', { jsCode: 'const token = items[0].json.token2fa;' }],
		['an environment variable', { jsCode: 'const secret = process.env.APP_SECRET_2;' }],
		['a document id', { documentId: '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms' }],
		['a count', { maxTokens: '4096' }],
		['an address', { tokenUrl: 'https://auth.example/oauth2/token1' }],
	])('are not seen in %s', (_, parameters) => {
		expect(inNode(parameters)).toEqual([]);
	});

	it('have a fingerprint of their own for each place and value', () => {
		const [one] = inNode({ apiKey: value });
		const [same] = inNode({ apiKey: value });
		const [elsewhere] = inNode({ token: value });
		const [other] = inNode({ apiKey: `${value}9` });
		expect(same).toEqual(one);
		expect(elsewhere?.fingerprint).not.toBe(one?.fingerprint);
		expect(other?.fingerprint).not.toBe(one?.fingerprint);
	});

	it('are found in notes, but ids and names of credentials are none', () => {
		const noted = withNode(orderRouting(), 'Count', { notes: `token: ${value}` });
		expect(findSecrets(noted).map(({ place }) => place)).toContain('nodes[Count].notes');
		expect(findSecrets(withNode(orderRouting(), 'Book', { parameters: {} }))).toEqual([]);
	});
});
