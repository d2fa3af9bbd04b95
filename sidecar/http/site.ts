import type { Request } from 'express';

/** How the sidecar is seen from outside. */
export interface Site {
	/** `https://orchestration.example.com`; null: whatever the request was sent to. */
	origin: string | null;
	/** Addresses and ranges whose X-Forwarded-For and -Proto are believed. */
	trustedProxies: string[];
}

export const unknownSite: Site = { origin: null, trustedProxies: [] };

/** The sidecar itself speaks plain HTTP: only a proxy before it can tell of more. */
export function isSecure(
	{ origin, trustedProxies }: Site,
	request: Pick<Request, 'secure'>,
): boolean {
	if (origin !== null) return origin.startsWith('https:');
	return trustedProxies.length > 0 && request.secure;
}

/** What every answer says; a page of the console says more. */
export const apiHeaders: Readonly<Record<string, string>> = {
	'X-Content-Type-Options': 'nosniff',
	'X-Frame-Options': 'DENY',
	'Referrer-Policy': 'no-referrer',
	'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
	'Cross-Origin-Resource-Policy': 'same-origin',
	'Cache-Control': 'no-store',
};

/** One year, as browsers ask for it (RFC 6797). */
export const transportSecurity = 'max-age=31536000';

const policy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data:",
	"font-src 'self'",
	"connect-src 'self'",
	"manifest-src 'self'",
	"base-uri 'none'",
	"form-action 'self'",
	"frame-ancestors 'none'",
];

export const consoleHeaders: Readonly<Record<string, string>> = {
	'Content-Security-Policy': policy.join('; '),
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Permissions-Policy':
		'accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()',
};
