import type { EngineConnection } from '../port/connection';

/** How a namespace is reached, in the words that the client and the worker of Temporal share. */
export interface TemporalAddress {
	/** host:port */
	address: string;
	tls: false | TemporalTlsOptions;
	apiKey?: string;
}

interface TemporalTlsOptions {
	serverNameOverride?: string;
	serverRootCACertificate?: Buffer;
	clientCertPair?: { crt: Buffer; key: Buffer };
}

const port = 7233;

export function temporalAddress(connection: EngineConnection): TemporalAddress {
	const url = new URL(connection.baseUrl);
	return {
		address: `${url.hostname}:${Number(url.port) || port}`,
		tls: tlsOf(url, connection),
		...(connection.apiKey === null ? {} : { apiKey: connection.apiKey }),
	};
}

function tlsOf(url: URL, { temporal }: EngineConnection): TemporalAddress['tls'] {
	if (url.protocol !== 'https:') return false;
	const { serverName = null, ca = null, clientCertificate = null } = temporal ?? {};
	return {
		...(serverName === null ? {} : { serverNameOverride: serverName }),
		...(ca === null ? {} : { serverRootCACertificate: Buffer.from(ca) }),
		...(clientCertificate === null
			? {}
			: {
					clientCertPair: {
						crt: Buffer.from(clientCertificate.certificate),
						key: Buffer.from(clientCertificate.key),
					},
				}),
	};
}
