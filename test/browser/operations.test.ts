import type { Page } from 'playwright-core';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { type ConsoleRoom, openConsoleRoom } from '../support/browser/console-room';
import { openConsole, settled } from '../support/browser/console-visit';
import { seedRows } from '../support/console/seed-rows';
import { type RealIssuer, startRealIssuer } from '../support/identity/real-issuer';
import { freePorts } from '../support/n8n/free-ports';

jest.setTimeout(240_000);

let room: ConsoleRoom;
let issuer: RealIssuer;
let page: Page;

beforeAll(async () => {
	const [port = 0] = await freePorts(1);
	const url = `http://127.0.0.1:${port}`;
	issuer = await startRealIssuer(`${url}/session/oidc/test/callback`, { ada: ['on-call'] });
	const env = {
		ORCHESTRATION_PUBLIC_URL: url,
		ORCHESTRATION_OIDC_PROVIDERS: 'test',
		ORCHESTRATION_OIDC_TEST_ISSUER: issuer.issuer,
		ORCHESTRATION_OIDC_TEST_CLIENT_ID: 'orchestration',
		ORCHESTRATION_OIDC_TEST_CLIENT_SECRET: 'a secret of the tests',
		ORCHESTRATION_OIDC_TEST_SCOPES: 'openid email groups',
		ORCHESTRATION_OIDC_TEST_ROLES: 'on-call=operator',
	};
	room = await openConsoleRoom(undefined, {
		sidecar: { port, env },
		// Copying and pasting is part of what is done here.
		visit: { permissions: ['clipboard-read', 'clipboard-write'] },
	});
	({ page } = room.visit);
});
afterAll(async () => {
	await room?.close();
	await issuer?.stop();
});
// What a test before left unsaid is not the fault of the next.
beforeEach(() => void room.visit.trouble());

async function visit(path: string, who = room.visit): Promise<void> {
	await who.open(path);
	await settled(who.page);
}

const violations = async () => await room.visit.violations();

/** @param missing asked for before it is made, which is answered 404 */
function complaints(missing?: string): string[] {
	const isExpected = (each: string) =>
		missing !== undefined && each.includes(' 404 ') && each.includes(missing);
	return room.visit.trouble().filter((each) => !isExpected(each));
}

const lists = [
	['/dead-letters', 'Nothing waits for you'],
	['/dead-letters?view=letters', 'No letter fits'],
	['/dead-letters?view=replays', 'No bulk replay yet'],
	['/dead-letters?view=rehearsals', 'No rehearsal yet'],
	['/dead-letters?view=schedules', 'No schedule yet'],
	['/dead-letters?view=archive', 'The archive is empty'],
	['/webhooks?view=events', 'No event yet'],
	['/webhooks?view=deliveries', 'No delivery fits'],
	['/traffic', 'No circuit yet'],
	['/traffic?view=rate-limits', 'No rate limit yet'],
	['/traffic?view=quotas', 'No quota yet'],
	['/traffic?view=leases', 'Nobody holds a place'],
	['/traffic?view=retry-budgets', 'No retry budget yet'],
	['/alerts', 'Nothing is firing'],
	['/alerts?view=rules', 'No rule yet'],
	['/alerts?view=channels', 'No channel yet'],
	['/settings', 'No n8n is connected yet'],
] as const;

it.each(lists)('says at %s why there is nothing: %s', async (path, words) => {
	await visit(path);
	await page.getByText(words).waitFor();
	expect(await violations()).toEqual([]);
	expect(complaints()).toEqual([]);
});

it.each(['/webhooks/new', '/settings/environments/new', '/audit', '/settings?view=tokens'])(
	'has nothing at %s that a screen reader would stumble over',
	async (path) => {
		await visit(path);
		expect(await violations()).toEqual([]);
		expect(complaints()).toEqual([]);
	},
);

it('makes a webhook endpoint step by step and sends it a signed test event', async () => {
	await visit('/webhooks');
	await page.getByRole('button', { name: 'New endpoint' }).click();
	await page.getByText('GitHub', { exact: true }).click();
	await page.getByRole('button', { name: 'Copy secret' }).click();
	const secret = await page.evaluate(async () => await navigator.clipboard.readText());
	expect(secret).toMatch(/^whsec_/);
	await page.getByRole('button', { name: 'Take events in' }).click();
	await page.getByText('Paste the address as Payload URL').waitFor();
	await page.getByRole('button', { name: 'Send a test event…' }).click();
	await page.getByLabel('Type').fill('push');
	await page.getByRole('button', { name: 'Send', exact: true }).click();
	await page.getByRole('heading', { level: 1, name: 'push' }).waitFor();
	await page.getByText('Nobody wanted it').waitFor();
	expect(complaints('/webhooks/endpoints/github')).toEqual([]);
});

it('tries a policy on an outage before it is saved, holds a circuit open, and undoes it', async () => {
	await visit('/traffic/circuits/crm-api');
	await page.getByLabel('How many').fill('3');
	await page.getByText(/Opens 1\.0 s into it/).waitFor();
	await page.getByRole('button', { name: 'Make the circuit' }).click();
	await page.getByRole('button', { name: 'Hold open…' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByText('No call goes any more').waitFor();
	await dialog.getByRole('button', { name: 'Hold open' }).click();
	await page.getByText('held by hand').waitFor();
	const held = await room.sidecar.api<{ forced: string | null }>('/circuits/crm-api');
	expect(held.body.forced).toBe('open');
	await page.getByRole('button', { name: 'Undo' }).click();
	await page.getByText('held by hand').waitFor({ state: 'detached' });
	expect(await violations()).toEqual([]);
	expect(complaints('/circuits/crm-api')).toEqual([]);
});

it('proves the audit log, which names who did all this', async () => {
	await visit('/audit');
	await page.getByRole('button', { name: 'Verify the log' }).click();
	await page.getByText(/entries are as they were written/).waitFor();
	await page.getByText('POST /api/v1/circuits/{key}/force').first().waitFor();
});

describe('with ten thousand letters', () => {
	beforeAll(async () => {
		await seedRows(room.database.pool, 10_000);
	});

	it('scrolls through them with a hundred rows in the page', async () => {
		await visit('/dead-letters?view=letters');
		const rows = page.locator('tbody tr[aria-rowindex]');
		await rows.first().waitFor();
		const last = async () =>
			await rows.last().evaluate((row) => Number(row.getAttribute('aria-rowindex')));
		for (let reached = 0; reached < 1_200; reached = await last()) {
			await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
			await page.waitForFunction(
				(before) =>
					Array.from(document.querySelectorAll('tbody tr[aria-rowindex]')).some(
						(row) => Number(row.getAttribute('aria-rowindex')) > before,
					),
				reached,
			);
			expect(await rows.count()).toBeLessThan(100);
		}
		expect(complaints()).toEqual([]);
	});

	it('shows incidents, and what a replay of one would do, before it is begun', async () => {
		await visit('/dead-letters');
		await page.getByRole('button', { name: 'Replay…' }).first().click();
		await page.getByRole('dialog').getByText('500 letters').waitFor();
		await page.getByRole('button', { name: 'Replay 500' }).waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		expect(await violations()).toEqual([]);
	});

	it('discards what was selected, with the keyboard only', async () => {
		await visit('/dead-letters?view=letters&errorClass=data');
		const boxes = page.getByRole('checkbox', { name: /Select letter/ });
		await boxes.first().waitFor();
		await boxes.nth(0).focus();
		await page.keyboard.press('Space');
		await page.getByText('1 letter selected').waitFor();
		await page.getByRole('button', { name: 'Discard…' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').getByText('This cannot be undone').waitFor();
		await page.getByLabel('Why, for the audit log').fill('a test order');
		await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).focus();
		await page.keyboard.press('Enter');
		await page.getByText('1 letter discarded').waitFor();
		const { body } = await room.sidecar.api<{ data: unknown[] }>('/dead-letters?state=discarded');
		expect(body.data).toHaveLength(1);
	});

	it('opens a letter with its error, and has nothing a screen reader would stumble over', async () => {
		await visit('/dead-letters?view=letters');
		await page.getByRole('link', { name: 'the supplier said 503' }).first().click();
		await page.getByRole('region', { name: 'The error' }).waitFor();
		await page.getByText('at the node Book').waitFor();
		expect(await violations()).toEqual([]);
		expect(complaints()).toEqual([]);
	});

	it('makes a replay schedule, lets it rest, and removes it', async () => {
		await visit('/dead-letters?view=schedules');
		const dialog = page.getByRole('dialog');
		const save = async () => {
			await dialog.getByRole('button', { name: 'Save' }).click();
			await dialog.waitFor({ state: 'detached' });
		};
		await page.getByRole('button', { name: 'New schedule…' }).click();
		await dialog.getByLabel('Name', { exact: true }).fill('nightly');
		await dialog.getByLabel('Environment').selectOption('production');
		await dialog.getByLabel('When', { exact: true }).fill('0 3 * * *');
		await dialog.getByLabel('Time zone').fill('Europe/Vienna');
		await dialog.getByLabel('Minutes to wait').fill('15, soon');
		await dialog.getByText('minutes from 1, separated by commas').waitFor();
		await dialog.getByLabel('Minutes to wait').fill('15, 60');
		expect(await violations()).toEqual([]);
		await save();
		await page.getByText('transient letters of all workflows in production').waitFor();
		const { body } = await room.sidecar.api('/replay-schedules/nightly');
		expect(body).toMatchObject({
			filter: { environment: 'production', errorClass: 'transient' },
			cron: '0 3 * * *',
			timeZone: 'Europe/Vienna',
			ladderMs: [900_000, 3_600_000],
			liveRatio: 1.2,
			enabled: true,
		});
		await page.getByRole('button', { name: 'Edit…' }).click();
		await dialog.getByLabel('Runs by itself').uncheck();
		await save();
		await page.getByText('rests').waitFor();
		await page.getByRole('button', { name: 'Remove…' }).click();
		await dialog.getByRole('button', { name: 'Remove' }).click();
		await page.getByText('No schedule yet').waitFor();
		expect(complaints()).toEqual([]);
	});

	it('takes a letter back out of the archive', async () => {
		const { pool } = room.database;
		await pool.query(`update dead_letters set expires_at = clock_timestamp() - interval '1 second'
			where dead_letters.id = (select dead_letters.id from dead_letters
				where dead_letters.state = 'waiting' order by dead_letters.id limit 1)`);
		await createDeadLetterStore(pool).expire(new Date());
		await visit('/dead-letters?view=archive');
		await page.getByRole('button', { name: 'Restore' }).waitFor();
		expect(await violations()).toEqual([]);
		await page.getByRole('table').getByRole('link').first().click();
		await page.getByRole('button', { name: 'Replay…' }).waitFor();
		await page.getByRole('button', { name: 'Restore' }).click();
		await page.getByText('The letter waits again').waitFor();
		await page.getByRole('button', { name: 'Discard…' }).waitFor();
		await visit('/dead-letters?view=archive');
		await page.getByText('The archive is empty').waitFor();
	});

	it('offers a viewer nothing to do, and the sidecar refuses it all the same', async () => {
		const reader = await room.visitAs('viewer');
		await visit('/dead-letters?view=letters', reader);
		await reader.page.getByRole('link', { name: 'the supplier said 503' }).first().waitFor();
		expect(await reader.page.getByRole('checkbox').count()).toBe(0);
		await visit('/settings', reader);
		expect(await reader.page.getByRole('link', { name: 'Tokens' }).count()).toBe(0);
		const status = await reader.page.evaluate(async () => {
			const { csrfToken } = (await (await fetch('/session')).json()) as { csrfToken: string };
			const answer = await fetch('/api/v1/replays', {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
				body: JSON.stringify({ filter: { environment: 'production' } }),
			});
			return answer.status;
		});
		expect(status).toBe(403);
		await reader.close();
	});
});

it('shows an error of the sidecar in its own words, and its silence, with a way to try again', async () => {
	const path = '**/api/v1/rate-limits*';
	await page.route(path, async (route) => {
		const problem = { code: 'database_unavailable', title: 'Database unavailable' };
		await route.fulfill({
			status: 503,
			contentType: 'application/problem+json',
			body: JSON.stringify({
				...problem,
				detail: 'the database is away',
				status: 503,
				instance: 'x',
			}),
		});
	});
	await room.visit.open('/traffic?view=rate-limits');
	await page.getByText('the database is away').waitFor();
	await page.unroute(path);
	await page.route(path, async (route) => await route.abort('connectionrefused'));
	await page.getByRole('button', { name: 'Try again' }).click();
	await page.getByText('The sidecar does not answer').first().waitFor();
	await page.unroute(path);
	await page.getByRole('button', { name: 'Try again' }).click();
	await page.getByText('No rate limit yet').waitFor();
});

it('signs a person in through their identity provider, out again, and says why one is refused', async () => {
	const own = await openConsole(room.browser, room.sidecar);
	const through = async (login: string) => {
		await own.page.getByRole('link', { name: 'Sign in with test' }).click();
		await own.page.locator('input[name=login]').fill(login);
		await own.page.locator('input[name=password]').fill('x');
		await own.page.locator('button[type=submit]').click();
		// Then the consent.
		await own.page.locator('button[type=submit]').click();
	};
	await own.open('/audit');
	await through('ada');
	await own.page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
	await own.page.getByText('ada@example.com (test)').first().waitFor();
	await own.page.getByRole('button', { name: 'Sign out' }).click();
	await own.page.getByLabel('Access token').waitFor();
	await own.page.context().clearCookies();
	await through('eve');
	await own.page.getByText('You are known there, but have no role here').waitFor();
	await own.close();
});
