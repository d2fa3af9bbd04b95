import type { SignatureScheme } from '../endpoint';
import { ed25519 } from './ed25519';
import { github } from './github';
import { hmac } from './hmac';
import { none } from './none';
import type { Scheme } from './scheme';
import { shopify } from './shopify';
import { slack } from './slack';
import { standardWebhooks } from './standard-webhooks';
import { stripe } from './stripe';

export const schemes: Record<SignatureScheme, Scheme> = {
	'standard-webhooks': standardWebhooks,
	stripe,
	github,
	slack,
	shopify,
	hmac,
	ed25519,
	none,
};
