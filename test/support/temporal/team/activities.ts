import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';

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

export async function work(ms: number): Promise<number> {
	await pause(ms);
	return ms;
}
