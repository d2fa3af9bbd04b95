import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface RealIssuer {
	issuer: string;
	stop(): Promise<void>;
}

/**
 * @param groupsOf whoever signs in under this name is in these groups; anybody else in none
 */
export async function startRealIssuer(
	redirectUri: string,
	groupsOf: Record<string, string[]>,
): Promise<RealIssuer> {
	const script = path.join(__dirname, 'serve-real-issuer.mjs');
	const child = spawn(process.execPath, [script, JSON.stringify({ redirectUri, groupsOf })], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { PATH: process.env['PATH'] ?? '' },
	});
	let errors = '';
	child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
	const lines = createInterface({ input: child.stdout });
	const port = await Promise.race([
		// It warns of its development settings first.
		new Promise<string>((resolve) => {
			lines.on('line', (line) => {
				if (/^\d+$/.test(line)) resolve(line);
			});
		}),
		once(child, 'exit').then(() => {
			throw new Error(`the identity provider ended while it started: ${errors}`);
		}),
	]);
	return {
		issuer: `http://127.0.0.1:${port}`,
		stop: async () => {
			if (child.exitCode !== null) return;
			const ended = once(child, 'exit');
			child.kill();
			await ended;
		},
	};
}
