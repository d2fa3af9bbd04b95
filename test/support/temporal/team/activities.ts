import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';

export interface Fault {
	message: string;
	/** Class of the failure. */
	type?: string;
	nonRetryable?: boolean;
}

export async function double(value: number): Promise<number> {
	return value * 2;
}

export async function fail({ message, type, nonRetryable }: Fault): Promise<never> {
	throw ApplicationFailure.create({ message, type, nonRetryable });
}

/** Calls a service, as a team's activity does; gives its answer. */
export async function call(url: string): Promise<unknown> {
	const signs = setInterval(() => heartbeat(), 300);
	try {
		const signal = Context.current().cancellationSignal;
		const answer = await fetch(url, { method: 'POST', signal });
		if (answer.ok) return await answer.json();
		throw ApplicationFailure.create({
			message: `Request failed with status code ${answer.status}`,
			type: 'HttpError',
			details: [{ httpStatus: answer.status }],
		});
	} finally {
		clearInterval(signs);
	}
}

export async function work(ms: number): Promise<number> {
	await pause(ms);
	return ms;
}
