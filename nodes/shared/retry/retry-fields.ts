import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { BackoffShape } from './backoff';
import type { RetryPolicy } from './retry-policy';

const DEFAULT_STATUSES = '408, 425, 429, 5xx';

/** What the Options of a retry hold; what is absent takes its default. */
interface RetryOptions {
	backoff?: BackoffShape;
	deadlineSeconds?: number;
	errorClasses?: string;
	firstDelaySeconds?: number;
	jitter?: boolean;
	longestPauseSeconds?: number;
	maxDelaySeconds?: number;
	messagePattern?: string;
	obeyHeaders?: boolean;
	retryAnyError?: boolean;
	retryNetworkErrors?: boolean;
	statuses?: string;
}

export const maxAttemptsField: INodeProperties = {
	displayName: 'Maximum Attempts',
	name: 'maxAttempts',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
	default: 3,
	description: 'How often an item is tried in all, the first time included',
};

export const retryOptions: INodeProperties[] = [
	{
		displayName: 'Backoff',
		name: 'backoff',
		type: 'options',
		options: [
			{ name: 'Constant', value: 'constant', description: 'The same delay each time' },
			{
				name: 'Decorrelated Jitter',
				value: 'decorrelated',
				description: 'A random delay of up to three times the one before',
			},
			{ name: 'Exponential', value: 'exponential', description: 'The delay doubles each time' },
			{
				name: 'Linear',
				value: 'linear',
				description: 'The delay grows by the first delay each time',
			},
		],
		default: 'exponential',
		description: 'How the delay grows from one attempt to the next',
	},
	{
		displayName: 'Error Classes to Retry',
		name: 'errorClasses',
		type: 'string',
		default: '',
		placeholder: 'TimeoutError, AxiosError',
		description: 'Names of errors that are tried again whatever their status, with commas',
	},
	{
		displayName: 'First Delay (Seconds)',
		name: 'firstDelaySeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1,
		description: 'How long to wait before the second attempt',
	},
	{
		displayName: 'Jitter',
		name: 'jitter',
		type: 'boolean',
		default: true,
		description:
			'Whether to shorten each delay by a random part, so that many that failed together do not come back together',
	},
	{
		displayName: 'Longest Retry-After (Seconds)',
		name: 'longestPauseSeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 300,
		description: 'When the receiver asks to wait longer than this, the item is given up at once',
	},
	{
		displayName: 'Maximum Delay (Seconds)',
		name: 'maxDelaySeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 30,
		description: 'No delay grows beyond this; only a Retry-After may',
	},
	{
		displayName: 'Message Pattern to Retry',
		name: 'messagePattern',
		type: 'string',
		default: '',
		placeholder: 'deadlock|lock wait',
		description: 'A regular expression; an error whose message matches is tried again',
	},
	{
		displayName: 'Obey Retry-After',
		name: 'obeyHeaders',
		type: 'boolean',
		default: true,
		description: 'Whether Retry-After and RateLimit headers of the answer lengthen the delay',
	},
	{
		displayName: 'Retry Any Error',
		name: 'retryAnyError',
		type: 'boolean',
		default: false,
		description: 'Whether every error is tried again, also those that will not pass by themselves',
	},
	{
		displayName: 'Retry Network Errors',
		name: 'retryNetworkErrors',
		type: 'boolean',
		default: true,
		description: 'Whether refused, lost and timed-out connections are tried again',
	},
	{
		displayName: 'Statuses to Retry',
		name: 'statuses',
		type: 'string',
		default: DEFAULT_STATUSES,
		description: 'HTTP statuses that are tried again, with commas; 5xx means 500 to 599',
	},
	{
		displayName: 'Total Deadline (Seconds)',
		name: 'deadlineSeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'When no attempt is begun any more, counted from the first. 0 means no deadline.',
	},
];

/** Throws NodeOperationError naming the field that makes no sense. */
export function retryPolicyOf(context: IExecuteFunctions, itemIndex: number): RetryPolicy {
	const maxAttempts = context.getNodeParameter('maxAttempts', itemIndex, 3) as number;
	const options = context.getNodeParameter('options', itemIndex, {}) as RetryOptions;
	const refuse = (expected: string, got: unknown): never => {
		throw new NodeOperationError(
			context.getNode(),
			`Expected ${expected}, but got ${JSON.stringify(got)}`,
			{ itemIndex, description: 'An expression in this field may have given nothing.' },
		);
	};
	if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
		refuse('Maximum Attempts to be a whole number from 1 on', maxAttempts);
	}
	const seconds = (field: string, value: unknown, initial: number): number => {
		const given = value === undefined ? initial : value;
		if (typeof given !== 'number' || !Number.isFinite(given) || given < 0) {
			return refuse(`${field} to be seconds from 0 on`, given);
		}
		return given * 1000;
	};
	const statuses = listOf(options.statuses ?? DEFAULT_STATUSES);
	const wrong = statuses.find((each) => !/^[1-5](\d\d|\dx|xx)$/i.test(each));
	if (wrong !== undefined) refuse('Statuses to Retry such as 429 or 5xx', wrong);
	const deadlineMs = seconds('Total Deadline', options.deadlineSeconds, 0);
	const message = options.messagePattern ? patternOf(options.messagePattern, refuse) : undefined;
	return {
		maxAttempts,
		...(deadlineMs > 0 ? { deadlineMs } : {}),
		backoff: {
			shape: options.backoff ?? 'exponential',
			firstMs: seconds('First Delay', options.firstDelaySeconds, 1),
			maxMs: seconds('Maximum Delay', options.maxDelaySeconds, 30),
			jitter: options.jitter ?? true,
		},
		retryOn: {
			anyError: options.retryAnyError ?? false,
			network: options.retryNetworkErrors ?? true,
			statuses,
			classes: listOf(options.errorClasses ?? ''),
			...(message ? { message } : {}),
		},
		obeyHeaders: options.obeyHeaders ?? true,
		longestPauseMs: seconds('Longest Retry-After', options.longestPauseSeconds, 300),
	};
}

const listOf = (text: unknown): string[] =>
	String(text)
		.split(',')
		.map((each) => each.trim())
		.filter((each) => each !== '');

function patternOf(text: string, refuse: (expected: string, got: unknown) => never): RegExp {
	try {
		return new RegExp(text, 'i');
	} catch {
		return refuse('Message Pattern to Retry to be a regular expression', text);
	}
}
