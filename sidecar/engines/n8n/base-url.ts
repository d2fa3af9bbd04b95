import { OrchestrationError } from '../../kernel/errors';

/**
 * Origin and path prefix of an instance, without a trailing slash.
 * People paste the address of the API or of the editor; both end up the same.
 * @throws invalid_request
 */
export function normalizeBaseUrl(text: string): string {
	let url: URL;
	try {
		url = new URL(text.trim());
	} catch (cause) {
		throw new OrchestrationError(
			'invalid_request',
			`expected a base URL such as https://n8n.example.com, got "${text}"`,
			{ cause },
		);
	}
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		throw new OrchestrationError(
			'invalid_request',
			`expected a base URL with http or https, got "${url.protocol}"`,
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw new OrchestrationError(
			'invalid_request',
			'expected a base URL without a user name and password; use apiKey or oauth2 instead',
		);
	}
	const path = url.pathname.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
	return `${url.origin}${path}`;
}
