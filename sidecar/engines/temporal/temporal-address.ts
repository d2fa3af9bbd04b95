/** How a namespace is reached. */
export interface TemporalAddress {
	/** host:port */
	address: string;
	namespace: string;
	apiKey?: string;
	tls?: boolean;
}
