import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/browser/chromium';
import { settled, visitConsole } from '../support/browser/console-visit';
import { seedRows } from '../support/console/seed-rows';
import { quietLog } from '../support/postgres/quiet-log';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { startEmbeddedPostgres } from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { createPool } from '../../sidecar/storage/pool';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { rounded } from './load';
import type { Result } from './start-up';

const rows = 100_000;
const visits = 7;
const scrolls = 60;
/** The pages somebody comes to first: what is wrong, and the longest list. */
const pages = { overview: '/', letters: '/dead-letters?view=letters' };

/** The console on 100,000 letters, as somebody sees it who opens it anew, and scrolls. */
export async function consolePages(): Promise<Result[]> {
	const postgres = await startEmbeddedPostgres({
		dataDir: ownTemporaryFolder('bench-console'),
		log: quietLog(),
	});
	const sidecar = await startSidecar({
		databaseUrl: postgres.connectionString,
		env: { LOG_LEVEL: 'warn' },
	});
	const browser = await launchChromium();
	try {
		const pool = createPool(postgres.connectionString, { max: 2, log: quietLog() });
		await seedRows(pool, rows).finally(async () => await pool.end());
		const results: Result[] = [];
		for (const [name, path] of Object.entries(pages)) {
			const opened = await openings(browser, sidecar, path);
			const of = `${name} of the console with ${rows} letters`;
			results.push(
				atMost(`${of}: first paint`, middle(opened.map(({ paint }) => paint)), 1_000),
				atMost(`${of}: first data`, middle(opened.map(({ data }) => data)), 2_000),
			);
		}
		return [...results, await frames(browser, sidecar)];
	} finally {
		await browser.close();
		await sidecar.stop();
		await postgres.stop();
	}
}

/** In milliseconds from the beginning of the navigation, nothing of the page in the browser's cache. */
async function openings(browser: Browser, sidecar: SidecarProcess, path: string) {
	const found = [];
	for (let nth = 0; nth < visits; nth += 1) {
		const visit = await visitConsole(browser, sidecar);
		const cache = await visit.page.context().newCDPSession(visit.page);
		await cache.send('Network.setCacheDisabled', { cacheDisabled: true });
		await visit.open(path);
		await settled(visit.page);
		found.push(await timesOf(visit.page));
		await visit.close();
	}
	return found;
}

async function timesOf(page: Page) {
	return await page.evaluate(() => ({
		paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
		data: performance.now(),
	}));
}

/** How long the browser needs from picture to picture while the list is scrolled by a screen each. */
async function frames(browser: Browser, sidecar: SidecarProcess): Promise<Result> {
	const visit = await visitConsole(browser, sidecar);
	await visit.open('/dead-letters?view=letters');
	await settled(visit.page);
	const times = await visit.page.evaluate(async (count) => {
		const next = async () => await new Promise<number>((resolve) => requestAnimationFrame(resolve));
		const gaps: number[] = [];
		for (let nth = 0, last = await next(); nth < count; nth += 1) {
			window.scrollBy(0, window.innerHeight);
			for (let frame = 0; frame < 6; frame += 1) {
				const now = await next();
				gaps.push(now - last);
				last = now;
			}
		}
		return gaps;
	}, scrolls);
	await visit.close();
	times.sort((one, other) => one - other);
	const p95 = rounded(times[Math.floor(times.length * 0.95)] ?? Infinity);
	return atMost(`picture to picture while ${rows} letters are scrolled: p95`, p95, 50);
}

function atMost(name: string, ours: number, peer: number): Result {
	return {
		name: `${name} (peer: the goal)`,
		ours: rounded(ours),
		peer,
		unit: 'ms',
		ratio: rounded(ours / peer),
		goal: `ours < ${peer} ms`,
		pass: ours < peer,
	};
}

function middle(values: number[]): number {
	return values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Infinity;
}
