import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setUp, type Stage } from '../../demo/stage';
import { play } from '../../demo/story';
import { orderPath } from '../../demo/workflows';
import type { Page } from '../../../sidecar/contract/problem';
import { expectOk } from '../n8n/n8n-requests';
import { callWebhook } from '../n8n/workflow-runs';
import { operatorOf } from '../sidecar/operator';
import { launchChromium } from './chromium';
import { settled, visitConsole } from './console-visit';

const pages = {
	overview: '/',
	workflows: '/workflows',
	promotions: '/promotions',
	executions: '/executions',
	'dead-letters': '/dead-letters?view=letters',
	webhooks: '/webhooks',
	traffic: '/traffic',
	alerts: '/alerts',
	audit: '/audit',
	settings: '/settings',
};

/** Of what the demo leaves behind, after two more orders that fail. */
export async function takeScreenshots(folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const stage = await setUp((line) => console.log(line));
	const browser = await launchChromium();
	try {
		await play(stage);
		await leaveSomethingOpen(stage);
		const addresses = { ...pages, ...(await detailsOf(stage)) };
		for (const colorScheme of ['light', 'dark'] as const) {
			const visit = await visitConsole(browser, stage.sidecar, { colorScheme });
			for (const [name, address] of Object.entries(addresses)) {
				await visit.open(address);
				await settled(visit.page);
				await visit.page.waitForLoadState('networkidle');
				await visit.page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`) });
				console.log(`${name} ${colorScheme}`);
			}
			await visit.close();
		}
	} finally {
		await browser.close();
		await stage.stop();
	}
}

/** So that there is something to see on every page. */
async function leaveSomethingOpen({ production, sidecar }: Stage): Promise<void> {
	for (const order of [11, 12, 13]) await callWebhook(production, orderPath, { order });
	await operatorOf(sidecar).letterWhere('environment=production&state=waiting');
	const put = async (at: string, body: object, method = 'PUT') => {
		expectOk(at, await sidecar.api(at, { method, body }));
	};
	await put('/circuits/supplier', {});
	await put('/circuits/supplier/force', { state: 'open' }, 'POST');
	await put('/rate-limits/supplier', { limit: 10, intervalMs: 1000 });
	await put('/webhooks/endpoints/shop', {
		scheme: 'standard-webhooks',
		secrets: ['the-webhook-secret'],
	});
	await put('/alerts/rules/letters', {
		condition: { kind: 'dead-letters', above: 0 },
		channels: [],
	});
}

/** One of each of what has a page of its own. */
async function detailsOf({ sidecar }: Stage): Promise<Record<string, string>> {
	const first = async (at: string) => {
		const { data } = expectOk(at, await sidecar.api<Page<Record<string, string>>>(at));
		return data[0] ?? {};
	};
	const { workflowKey } = await first('/overview/workflows?search=order');
	const { id: promotion } = await first('/promotions?phase=succeeded');
	const { id: execution } = await first('/executions?status=failed');
	const { id: letter } = await first('/dead-letters?state=waiting');
	return {
		versions: `/workflows/${workflowKey}`,
		promotion: `/promotions/${promotion}`,
		execution: `/executions/${execution}`,
		'dead-letter': `/dead-letters/${letter}`,
	};
}
