import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const usualPlaces = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/usr/bin/google-chrome-stable',
	'/opt/google/chrome/chrome',
	'/snap/bin/chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** CHROMIUM_PATH, else where systems put it. Without a browser the tests fail: they are not skipped. */
export function chromiumPath(): string {
	const named = process.env['CHROMIUM_PATH'];
	const found = named ?? usualPlaces.find((place) => existsSync(place));
	if (found !== undefined && existsSync(found)) return found;
	throw new Error(
		`Expected Chromium or Chrome ${named ? `at CHROMIUM_PATH (${named})` : 'where systems put it'}, and there is none. ` +
			'Install it (Debian: apt-get install -y chromium) or set CHROMIUM_PATH to the program.',
	);
}

export async function launchChromium(): Promise<Browser> {
	return await chromium.launch({
		executablePath: chromiumPath(),
		// Root in a container has no sandbox of its own, and little shared memory.
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--lang=en-GB'],
	});
}
