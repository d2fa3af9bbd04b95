import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { DeadLetter } from '../dead-letters/dead-letter';

const [zip, unzip] = [promisify(gzip), promisify(gunzip)];

/** What of a letter may be large. */
type LetterContent = Pick<DeadLetter, 'trigger' | 'failedInput' | 'ran'>;

/** The columns as the texts they are kept as: nothing is changed on the way. */
export interface ContentTexts {
	trigger: string | null;
	failed_input: string;
	ran: string | null;
}

export async function pack({ trigger, failed_input, ran }: ContentTexts): Promise<Buffer> {
	const fields = [
		`"trigger":${trigger ?? 'null'}`,
		`"failedInput":${failed_input}`,
		`"ran":${ran ?? 'null'}`,
	];
	return await zip(`{${fields.join(',')}}`);
}

export async function unpack(packed: Buffer): Promise<LetterContent> {
	return JSON.parse((await unzip(packed)).toString()) as LetterContent;
}
