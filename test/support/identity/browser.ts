export interface Visit {
	status: number;
	location: string | null;
	text: string;
	/** As they came. */
	setCookies: string[];
	headers: Headers;
}

export type CookieBrowser = ReturnType<typeof cookieBrowser>;

/** Keeps cookies of one host as a browser does and follows no redirect by itself. */
export function cookieBrowser() {
	const jar = new Map<string, string>();
	const visit = async (url: string, init: RequestInit = {}): Promise<Visit> => {
		const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
		const headers = new Headers(init.headers);
		if (cookie !== '') headers.set('cookie', cookie);
		const response = await fetch(url, { ...init, headers, redirect: 'manual' });
		const setCookies = response.headers.getSetCookie();
		for (const line of setCookies) keep(line);
		return {
			status: response.status,
			location: response.headers.get('location'),
			text: await response.text(),
			setCookies,
			headers: response.headers,
		};
	};
	const keep = (line: string): void => {
		const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
		if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
		else jar.set(name, value);
	};
	return {
		visit,
		/** Goes on as long as the way leads within this host. */
		follow: async (url: string, init?: RequestInit): Promise<Visit & { url: string }> => {
			let at = url;
			let answer = await visit(at, init);
			for (let hops = 0; answer.location !== null && hops < 10; hops++) {
				const next = new URL(answer.location, at);
				if (next.host !== new URL(at).host) break;
				at = next.href;
				answer = await visit(at);
			}
			return { ...answer, url: at };
		},
		cookie: (name: string) => jar.get(name) ?? null,
		setCookie: (name: string, value: string) => jar.set(name, value),
	};
}
