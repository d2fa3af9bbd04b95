import { createTransport } from 'nodemailer';
import type { Clock } from '../kernel/clock';
import { noFormat } from '../webhooks/signatures/scheme';
import { standardWebhooks } from '../webhooks/signatures/standard-webhooks';
import type { Alert } from './alert-rule';
import type { AlertNotice } from './alert-store';
import type { ChannelTarget } from './channel';
import { bodyOf, headingOf, slackBodyOf, textOf } from './notice-text';

/** Null: it arrived. Otherwise why it did not, without secrets. */
export type SendNotice = (
	target: ChannelTarget,
	notice: AlertNotice,
	alert: Alert,
) => Promise<string | null>;

export interface SenderPorts {
	/** Sends one POST; null, or why it failed. Sees to it that the address may be called. */
	post(url: URL, headers: Record<string, string>, body: Buffer): Promise<string | null>;
	/** @throws address_not_allowed */
	checkAddress(url: string): Promise<void>;
	clock: Clock;
}

const patienceMs = 20_000;

export function createNoticeSender({ post, checkAddress, clock }: SenderPorts): SendNotice {
	const postJson = async (url: string, body: unknown, sign: (body: Buffer) => object) => {
		const bytes = Buffer.from(JSON.stringify(body));
		return await post(new URL(url), { 'content-type': 'application/json', ...sign(bytes) }, bytes);
	};
	return async (target, notice, alert) => {
		switch (target.kind) {
			case 'webhook':
				return await postJson(target.url, bodyOf(notice, alert), (body) =>
					standardWebhooks.sign({ id: notice.id, at: clock.now(), body }, target.secret, noFormat),
				);
			case 'slack':
				return await postJson(target.url, slackBodyOf(notice, alert), () => ({}));
			case 'email':
				return await mail(target, notice, alert, checkAddress);
		}
	};
}

async function mail(
	{ smtpUrl, from, to }: Extract<ChannelTarget, { kind: 'email' }>,
	notice: AlertNotice,
	alert: Alert,
	checkAddress: SenderPorts['checkAddress'],
): Promise<string | null> {
	const { hostname } = new URL(smtpUrl);
	await checkAddress(`https://${hostname}`);
	const transport = createTransport({
		url: smtpUrl,
		connectionTimeout: patienceMs,
		greetingTimeout: patienceMs,
		socketTimeout: patienceMs,
	});
	try {
		await transport.sendMail({
			from,
			to,
			subject: headingOf(notice, alert),
			text: textOf(notice, alert),
			// The same notice sent twice is one mail to who looks at it.
			messageId: `<${notice.id}@n8n-orchestration>`,
		});
		return null;
	} catch (error) {
		const code = (error as { code?: unknown }).code;
		return `${hostname} did not take the mail: ${typeof code === 'string' ? code : 'unknown'}`;
	} finally {
		transport.close();
	}
}
