import axeCore from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { SidecarProcess } from '../sidecar/sidecar-process';

/** Somebody with the console open, and what went wrong in their browser. */
export interface ConsoleVisit {
	page: Page;
	/** Errors in the browser's console since it was last asked, the policy's refusals included. */
	trouble(): string[];
	/** Goes there by an address, as a link from elsewhere would. */
	open(path: string): Promise<void>;
	/** What axe finds on the page as it is now. */
	violations(): Promise<string[]>;
	close(): Promise<void>;
}

/** Asking who one is before signing in is answered 401, which browsers call an error. */
const expected = (address: string) => new URL(address).pathname === '/session';

/** Somebody who has signed in with a token. */
export async function visitConsole(
	browser: Browser,
	sidecar: Pick<SidecarProcess, 'url' | 'token'>,
	options: BrowserContextOptions = {},
): Promise<ConsoleVisit> {
	const visit = await openConsole(browser, sidecar, options);
	await signIn(visit.page, sidecar);
	return visit;
}

/** Somebody who has not signed in yet. */
export async function openConsole(
	browser: Browser,
	{ url }: Pick<SidecarProcess, 'url'>,
	options: BrowserContextOptions = {},
): Promise<ConsoleVisit> {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 860 },
		reducedMotion: 'reduce',
		locale: 'en-GB',
		...options,
	});
	context.setDefaultTimeout(60_000);
	const page = await context.newPage();
	const trouble: string[] = [];
	page.on('console', (message) => {
		if (message.type() !== 'error') return;
		const { url: at } = message.location();
		if (at === '' || !expected(at)) trouble.push(`${message.text()} (${at})`);
	});
	page.on('pageerror', (error) => trouble.push(String(error)));
	return {
		page,
		trouble: () => trouble.splice(0),
		open: async (path) => {
			await page.goto(`${url}${path}`);
		},
		violations: async () => await violationsOn(page),
		close: async () => await context.close(),
	};
}

/** With a token, and sees the overview. */
async function signIn(
	page: Page,
	{ url, token }: Pick<SidecarProcess, 'url' | 'token'>,
): Promise<void> {
	await page.goto(url);
	await page.getByLabel('Access token').fill(token);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

/**
 * What axe finds. Injected by the debugger, which no content security policy holds up. It looks in
 * several goes: where the page changed in between, as when a button was being enabled, it looks again.
 */
async function violationsOn(page: Page): Promise<string[]> {
	await page.evaluate(axeCore.source);
	return await page.evaluate(async () => {
		const { axe } = window as unknown as { axe: typeof axeCore };
		let hasChanged = false;
		const observer = new MutationObserver(() => (hasChanged = true));
		observer.observe(document, {
			subtree: true,
			childList: true,
			characterData: true,
			attributes: true,
		});
		const look = async (looksLeft: number): Promise<string[]> => {
			hasChanged = false;
			const { violations } = await axe.run(document, { resultTypes: ['violations'] });
			if (hasChanged && looksLeft > 0) return await look(looksLeft - 1);
			return violations.flatMap(({ id, help, nodes }) =>
				nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary ?? ''}`),
			);
		};
		const found = await look(5);
		observer.disconnect();
		return found;
	});
}

/** Until nothing on the page is still loading. */
export async function settled(page: Page): Promise<void> {
	await page.locator('main h1').first().waitFor();
	await page.waitForFunction(() => document.querySelector('main .loading') === null);
}

/** Until a list to choose from, which may still be on its way, stands at that value. */
export async function chosen(list: Locator, value: string): Promise<void> {
	await list.locator(`option[value="${value}"]:checked`).waitFor({ state: 'attached' });
}
