import type { Scheme } from './webhooks';

/** What somebody has to do at a sender, step by step; `{address}` is the endpoint's. */
export interface Sender {
	name: string;
	scheme: Scheme;
	/** Suggested name of the endpoint. */
	endpoint: string;
	/** Who makes the secret: the sender shows it, or it is made here and pasted there. */
	secretFrom: 'sender' | 'here';
	secretLabel: string;
	secretHint: string;
	before: string[];
	after: string[];
}

export const senders: readonly Sender[] = [
	{
		name: 'Stripe',
		scheme: 'stripe',
		endpoint: 'stripe',
		secretFrom: 'sender',
		secretLabel: 'Signing secret',
		secretHint: 'Begins with whsec_. Stripe shows it after you added the destination.',
		before: [
			'In the Stripe Dashboard open Developers, then Webhooks, and add a destination.',
			'Choose the events you want, and “Webhook endpoint” as the type.',
			'Paste the address below as the Endpoint URL and save.',
			'Reveal the signing secret there and paste it here.',
		],
		after: ['In Stripe choose “Send test events”, or send one from here.'],
	},
	{
		name: 'GitHub',
		scheme: 'github',
		endpoint: 'github',
		secretFrom: 'here',
		secretLabel: 'Secret',
		secretHint: 'Made here. Copy it now: it is never shown again.',
		before: ['Copy the address and the secret below.'],
		after: [
			'On GitHub open the repository or organisation, then Settings, Webhooks, “Add webhook”.',
			'Paste the address as Payload URL, choose the content type application/json, and paste the secret.',
			'Choose the events and save. GitHub sends a ping at once: it shows up under Events.',
		],
	},
	{
		name: 'Shopify',
		scheme: 'shopify',
		endpoint: 'shopify',
		secretFrom: 'sender',
		secretLabel: 'Signing secret',
		secretHint: 'Shown below the list of webhooks, or the client secret of your app.',
		before: [
			'In the Shopify admin open Settings, Notifications, Webhooks, and create a webhook.',
			'Choose the event, the format JSON, and paste the address below as URL.',
			'Copy the signing secret that is shown below the list and paste it here.',
		],
		after: ['In Shopify choose “Send test notification”, or send one from here.'],
	},
	{
		name: 'Slack',
		scheme: 'slack',
		endpoint: 'slack',
		secretFrom: 'sender',
		secretLabel: 'Signing secret',
		secretHint: 'Under Basic Information, App Credentials.',
		before: [
			'At api.slack.com/apps open your app, then Basic Information.',
			'Copy the Signing Secret and paste it here. Save here first: Slack asks the address at once.',
		],
		after: [
			'Open Event Subscriptions, switch them on, and paste the address as Request URL. It turns to Verified.',
			'Subscribe to the events you want and save.',
		],
	},
	{
		name: 'Standard Webhooks',
		scheme: 'standard-webhooks',
		endpoint: 'events',
		secretFrom: 'here',
		secretLabel: 'Secret',
		secretHint: 'Made here. Copy it now: it is never shown again. Or paste the one of the sender.',
		before: ['For senders that follow standardwebhooks.com: Svix, OpenAI, Resend and others.'],
		after: ['Give the sender the address and the secret.'],
	},
	{
		name: 'Your own, HMAC',
		scheme: 'hmac',
		endpoint: 'own',
		secretFrom: 'here',
		secretLabel: 'Secret',
		secretHint: 'Made here. Copy it now: it is never shown again.',
		before: ['For a program of your own: it signs the body with HMAC-SHA256.'],
		after: [
			'Send a POST with the header X-Signature: the HMAC-SHA256 of the body in hex, with the secret as key.',
			'docs/webhooks.md has it in shell and JavaScript, and other headers and encodings.',
		],
	},
];

/** 256 random bits, as Standard Webhooks writes them. */
export function makeSecret(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(32));
	return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
