/** Where notices go. */
export type ChannelTarget =
	| { kind: 'webhook'; url: string; secret: string }
	| { kind: 'slack'; url: string }
	| { kind: 'email'; smtpUrl: string; from: string; to: string[] };

export interface AlertChannel {
	name: string;
	kind: ChannelTarget['kind'];
	/** Where it leads, without what is secret in it. */
	to: string;
	/** Box around the JSON of its ChannelTarget. */
	sealedTarget: string;
	createdAt: Date;
	updatedAt: Date;
}

export const sealedIn = (name: string) => `alerts/channels/${name}`;

/** Slack's URL is a secret as a whole. */
export function leadsTo(target: ChannelTarget): string {
	return target.kind === 'email' ? target.to.join(', ') : new URL(target.url).host;
}
