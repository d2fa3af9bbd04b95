/** A text that gives itself away as a secret. */
export interface SecretShape {
	/** What it is, for people: `AWS access key`. */
	kind: string;
	pattern: RegExp;
}

/**
 * Shapes that providers document for their tokens. Each has a part of its own (a prefix, a marker) that
 * no other text has, so a match is a secret and not a guess.
 */
export const secretShapes: SecretShape[] = [
	{ kind: 'private key', pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/g },
	{ kind: 'AWS access key', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/g },
	{ kind: 'Google API key', pattern: /(?<![A-Za-z0-9])AIza[\w-]{35}(?![A-Za-z0-9])/g },
	{ kind: 'Google OAuth secret', pattern: /(?<![A-Za-z0-9])GOCSPX-[\w-]{28}(?![A-Za-z0-9])/g },
	{ kind: 'Google OAuth token', pattern: /(?<![A-Za-z0-9])ya29\.[\w-]{30,}/g },
	{
		kind: 'GitHub token',
		pattern:
			/(?<![A-Za-z0-9])gh[oprsu]_[A-Za-z0-9]{36,}(?![A-Za-z0-9])|(?<![A-Za-z0-9])github_pat_\w{60,}(?![A-Za-z0-9])/g,
	},
	{ kind: 'GitLab token', pattern: /(?<![A-Za-z0-9])gl(?:pat|ptt|dt|rt|soat|cbt)-[\w-]{20,}/g },
	{
		kind: 'Slack token',
		pattern: /(?<![A-Za-z0-9])xox[abeoprs]-[\w-]{10,}|(?<![A-Za-z0-9])xapp-\d-[\w-]{20,}/g,
	},
	{
		kind: 'Slack webhook',
		pattern:
			/(?<![A-Za-z0-9])hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z0-9]+\/[A-Z0-9]+\/\w{16,}/g,
	},
	{
		kind: 'Discord webhook',
		pattern: /(?<![A-Za-z0-9])discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{50,}/g,
	},
	{ kind: 'Telegram bot token', pattern: /(?<![A-Za-z0-9])\d{8,10}:AA[\w-]{33}(?![A-Za-z0-9])/g },
	{
		kind: 'Stripe key',
		pattern:
			/(?<![A-Za-z0-9])[spr]k_(?:live|test)_[A-Za-z0-9]{16,}(?![A-Za-z0-9])|(?<![A-Za-z0-9])whsec_[\w+/=]{24,}/g,
	},
	{ kind: 'OpenAI key', pattern: /(?<![A-Za-z0-9])sk-(?:proj-|svcacct-|admin-)?[\w-]{32,}/g },
	{ kind: 'Anthropic key', pattern: /(?<![A-Za-z0-9])sk-ant-[\w-]{32,}/g },
	{ kind: 'SendGrid key', pattern: /(?<![A-Za-z0-9])SG\.[\w-]{16,}\.[\w-]{32,}/g },
	{ kind: 'Mailgun key', pattern: /(?<![A-Za-z0-9])key-[0-9a-f]{32}(?![A-Za-z0-9])/g },
	{ kind: 'Twilio key', pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g },
	{
		kind: 'Shopify token',
		pattern: /(?<![A-Za-z0-9])shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}(?![A-Za-z0-9])/g,
	},
	{
		kind: 'Airtable token',
		pattern: /(?<![A-Za-z0-9])pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?![A-Za-z0-9])/g,
	},
	{
		kind: 'Notion token',
		pattern:
			/(?<![A-Za-z0-9])secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])|(?<![A-Za-z0-9])ntn_[A-Za-z0-9]{40,}(?![A-Za-z0-9])/g,
	},
	{
		kind: 'HubSpot token',
		pattern:
			/(?<![A-Za-z0-9])pat-(?:na|eu)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![A-Za-z0-9])/g,
	},
	{ kind: 'npm token', pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g },
	{
		kind: 'DigitalOcean token',
		pattern: /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}(?![A-Za-z0-9])/g,
	},
	{ kind: 'Hugging Face token', pattern: /(?<![A-Za-z0-9])hf_[A-Za-z]{34}(?![A-Za-z0-9])/g },
	{ kind: 'Linear key', pattern: /(?<![A-Za-z0-9])lin_api_[A-Za-z0-9]{40}(?![A-Za-z0-9])/g },
	{
		kind: 'signed token (JWT)',
		pattern: /(?<![A-Za-z0-9])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g,
	},
	{
		kind: 'password in an address',
		pattern:
			/(?<=[a-z][a-z0-9+.-]{0,15}:\/\/[^\s/:@'"`{}$]{1,100}:)[^\s/@'"`{}$<>]{3,200}(?=@[\w[])/g,
	},
];
