import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '../../kernel/clock';
import type { StorageLog } from '../storage-log';
import type { Command } from './run-as';
import { serverEnvironment } from './run-command';

export interface ServerProcess {
	/** Resolves when it has ended, however it ended. */
	ended: Promise<void>;
	isRunning(): boolean;
	/** The last lines it said. */
	lastWords(): string;
	/** Ends it without losing a commit; harder when it does not listen. */
	stop(): Promise<void>;
}

/** SIGINT: fast shutdown. SIGQUIT: at once, the log is replayed at the next start. */
const escalation = [
	['SIGINT', 20_000],
	['SIGQUIT', 5_000],
	['SIGKILL', 5_000],
] as const;

/** So long after its end its last words may still be on their way. */
const lastWordsMs = 1_000;

export function startServerProcess(
	command: Command,
	cwd: string,
	clock: Clock,
	log: StorageLog,
): ServerProcess {
	const child = spawn(command.file, command.args, {
		...command.identity,
		cwd,
		env: serverEnvironment,
		// Its own process group: Ctrl-C in a terminal would end it before our own requests are done.
		detached: true,
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	const lines: string[] = [];
	let running = true;
	createInterface({ input: child.stderr }).on('line', (line) => {
		lines.push(line);
		if (lines.length > 20) lines.shift();
		const level = levelOf(line);
		log[level]({ postgres: line }, 'Postgres says');
	});
	const ended = new Promise<void>((resolve) => {
		const over = new AbortController();
		const end = (reason?: Error) => {
			running = false;
			over.abort();
			if (reason) lines.push(reason.message);
			resolve();
		};
		child.once('error', end);
		child.once('close', () => end());
		// A backend that outlives it, waiting for what it held, keeps its stderr open: that may be never.
		child.once('exit', () => {
			void clock.sleep(lastWordsMs, over.signal).then(
				() => end(),
				() => undefined,
			);
		});
	});
	return {
		ended,
		isRunning: () => running,
		lastWords: () => lines.slice(-4).join(' | '),
		stop: async () => {
			for (const [signal, waitMs] of escalation) {
				if (running) await signalAndWait(child, signal, ended, waitMs, clock);
			}
		},
	};
}

async function signalAndWait(
	child: ChildProcess,
	signal: NodeJS.Signals,
	ended: Promise<void>,
	waitMs: number,
	clock: Clock,
): Promise<void> {
	child.kill(signal);
	const enough = new AbortController();
	const deadline = clock.sleep(waitMs, enough.signal).catch(() => undefined);
	await Promise.race([ended, deadline]);
	enough.abort();
}

function levelOf(line: string): 'warn' | 'debug' {
	// Told to whoever asks too early, that is to ourselves.
	if (line.startsWith('FATAL:  the database system is ')) return 'debug';
	return /^(FATAL|PANIC|WARNING):/.test(line) ? 'warn' : 'debug';
}
