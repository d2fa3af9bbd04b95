import { spawn } from 'node:child_process';
import type { Command } from './run-as';

export interface CommandResult {
	/** Null when it was ended by a signal or could not be started. */
	code: number | null;
	/** What it said, both outputs together. */
	output: string;
}

/** Nothing of our own environment: it holds secrets, and Postgres needs none of it. */
export const serverEnvironment = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin' };

/** Runs to the end. Never throws: a command that is not there answers with code null. */
export async function runCommand(command: Command, cwd: string): Promise<CommandResult> {
	return await new Promise((resolve) => {
		const child = spawn(command.file, command.args, {
			...command.identity,
			cwd,
			env: serverEnvironment,
			// Its own process group: Ctrl-C in a terminal is for us alone.
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
		child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
		child.once('error', (error) => resolve({ code: null, output: error.message }));
		child.once('close', (code) => resolve({ code, output: output.trim() }));
	});
}
