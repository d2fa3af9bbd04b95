import { readIfThere } from '../../n8n/folder-lock.cjs';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expectOk, request, type Answer } from './n8n-requests';

export interface Owner {
	email: string;
	password: string;
}

export interface Account {
	owner: Owner;
	/** For /api/v1, with every scope. */
	apiKey: string;
	/** For /rest: the Cookie header of the owner's session. */
	cookie: string;
}

const OWNER: Owner = { email: 'owner@example.com', password: 'Orchestration-1' };

/**
 * The owner's session and API key: set up at the first start on a folder, kept beside its data,
 * logged in with at a later start.
 */
export async function openAccount(baseUrl: string, folder: string): Promise<Account> {
	const file = path.join(folder, 'account.json');
	const kept = readIfThere(file);
	if (kept !== undefined) {
		const { owner, apiKey } = JSON.parse(kept) as Account;
		return { owner, apiKey, cookie: await logIn(baseUrl, owner) };
	}
	const owner = OWNER;
	const cookie = await setUpOwner(baseUrl, owner);
	const account = { owner, apiKey: await makeApiKey(baseUrl, cookie), cookie };
	writeFileSync(file, JSON.stringify({ owner, apiKey: account.apiKey }), { mode: 0o600 });
	return account;
}

async function setUpOwner(baseUrl: string, owner: Owner): Promise<string> {
	const answer = await request(`${baseUrl}/rest/owner/setup`, {
		body: { ...owner, firstName: 'Olivia', lastName: 'Owner' },
	});
	expectOk('set up its owner', answer);
	return sessionOf(answer);
}

async function logIn(baseUrl: string, owner: Owner): Promise<string> {
	const answer = await request(`${baseUrl}/rest/login`, {
		body: { emailOrLdapLoginId: owner.email, password: owner.password },
	});
	expectOk('log its owner in', answer);
	return sessionOf(answer);
}

async function makeApiKey(baseUrl: string, cookie: string): Promise<string> {
	const headers = { cookie };
	const scopes = expectOk(
		'list API scopes',
		await request<{ data: string[] }>(`${baseUrl}/rest/api-keys/scopes`, { headers }),
	).data;
	const made = await request<{ data: { rawApiKey: string } }>(`${baseUrl}/rest/api-keys`, {
		headers,
		body: { label: 'harness', expiresAt: null, scopes },
	});
	return expectOk('make an API key', made).data.rawApiKey;
}

function sessionOf(answer: Answer<unknown>): string {
	const session = answer.headers
		.getSetCookie()
		.map((cookie) => cookie.split(';')[0] ?? '')
		.find((cookie) => cookie.startsWith('n8n-auth='));
	if (session === undefined) throw new Error('n8n gave no session cookie.');
	return session;
}
