import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setUp, type Stage } from '../../demo/stage';
import { play } from '../../demo/story';
import type { Page } from '../../../sidecar/contract/problem';
import { expectOk } from '../n8n/n8n-requests';
import { launchChromium } from './chromium';
import { settled, visitConsole } from './console-visit';
import { leaveSomethingOpen } from './left-open';

const pages = {
	overview: '/',
	workflows: '/workflows',
	promotions: '/promotions',
	executions: '/executions',
	incidents: '/dead-letters',
	'dead-letters': '/dead-letters?view=letters',
	webhooks: '/webhooks',
	traffic: '/traffic',
	alerts: '/alerts',
	audit: '/audit',
	settings: '/settings',
};

/**
 * Of what the demo leaves behind, after three more orders that fail.
 * @param wanted names of pictures; none: all
 */
export async function takeScreenshots(folder: string, wanted: readonly string[]): Promise<void> {
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
				if (wanted.length > 0 && !wanted.includes(name)) continue;
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
	const { id: rehearsal } = await first('/rehearsals');
	return {
		versions: `/workflows/${workflowKey}`,
		promotion: `/promotions/${promotion}`,
		execution: `/executions/${execution}`,
		'dead-letter': `/dead-letters/${letter}`,
		rehearsal: `/dead-letters/rehearsals/${rehearsal}`,
	};
}
