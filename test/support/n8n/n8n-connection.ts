import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { Account, Owner } from './n8n-account';
import { request, type Answer, type RequestInit } from './n8n-requests';

/** How to talk to a running n8n; all of it can be written to a file and read by another process. */
export interface N8nRecord {
	baseUrl: string;
	port: number;
	folder: string;
	pid: number;
	account: Account;
}

/** A running n8n as a test sees it. */
export interface N8nConnection {
	readonly baseUrl: string;
	readonly port: number;
	readonly apiKey: string;
	readonly owner: Owner;
	/** N8N_USER_FOLDER: the data is in `.n8n` below it. */
	readonly folder: string;
	/** The main process, leader of the process group of the instance. */
	readonly pid: number;
	/** A request to the editor's own API as the owner, e.g. `rest('/workflows')`. */
	rest<T = unknown>(path: string, init?: RequestInit): Promise<Answer<T>>;
	/** A request to the public API with the key, e.g. `api('/workflows')`. */
	api<T = unknown>(path: string, init?: RequestInit): Promise<Answer<T>>;
	/** The last lines of what n8n printed. Default 60. */
	logTail(lines?: number): string;
}

/** `current` is asked at each use, so that a restart is seen. */
export function connectionTo(current: () => N8nRecord): N8nConnection {
	return {
		get baseUrl() {
			return current().baseUrl;
		},
		get port() {
			return current().port;
		},
		get apiKey() {
			return current().account.apiKey;
		},
		get owner() {
			return current().account.owner;
		},
		get folder() {
			return current().folder;
		},
		get pid() {
			return current().pid;
		},
		rest: (at, init) =>
			request(
				`${current().baseUrl}/rest${at}`,
				withHeader(init, 'cookie', current().account.cookie),
			),
		api: (at, init) =>
			request(
				`${current().baseUrl}/api/v1${at}`,
				withHeader(init, 'x-n8n-api-key', current().account.apiKey),
			),
		logTail: (lines) => logTail(current().folder, lines),
	};
}

export function logFileOf(folder: string): string {
	return path.join(folder, 'n8n.log');
}

/** The last lines of the log of the instance in `folder`. */
export function logTail(folder: string, lines = 60): string {
	const file = logFileOf(folder);
	if (!existsSync(file)) return '';
	const handle = openSync(file, 'r');
	const { size } = fstatSync(handle);
	const end = Buffer.alloc(Math.min(size, lines * 400));
	readSync(handle, end, 0, end.length, size - end.length);
	closeSync(handle);
	return end.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

function withHeader(init: RequestInit | undefined, name: string, value: string): RequestInit {
	return { ...init, headers: { [name]: value, ...init?.headers } };
}
