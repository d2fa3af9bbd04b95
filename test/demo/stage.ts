import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { freePorts } from '../support/n8n/free-ports';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { packPack } from '../support/n8n/pack';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

/** Everything the demo runs: two n8n, the sidecar on its embedded Postgres, and a supplier that is down. */
export interface Stage {
	dev: N8nInstance;
	production: N8nInstance;
	sidecar: SidecarProcess;
	supplier: Supplier;
	stop(): Promise<void>;
}

export interface Supplier {
	url: string;
	/** Answers 503 until it is mended. */
	mend(): void;
	stop(): void;
}

export async function setUp(say: (line: string) => void): Promise<Stage> {
	const started: Array<() => Promise<void> | void> = [];
	const stop = async () => {
		for (let end = started.pop(); end; end = started.pop()) await end();
	};
	try {
		say('Packing the nodes, starting the sidecar with its own Postgres and two n8n …');
		const packs = [await packPack()];
		const supplier = await startSupplier();
		started.push(() => supplier.stop());
		const [sidecarPort, devPort, productionPort] = await Promise.all(
			[5680, 5678, 5679].map(preferredPort),
		);
		const [sidecar, dev, production] = await Promise.all([
			startSidecar({ ...(sidecarPort ? { port: sidecarPort } : {}) }),
			startN8n({ packs, ...(devPort ? { port: devPort } : {}) }),
			startN8n({ packs, ...(productionPort ? { port: productionPort } : {}) }),
		]);
		started.push(
			async () => await sidecar.stop(),
			async () => await dev.stop(),
			async () => await production.stop(),
		);
		return { dev, production, sidecar, supplier, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** The port people expect when it is free, else any. */
async function preferredPort(port: number): Promise<number | undefined> {
	const isFree = await new Promise<boolean>((resolve) => {
		const probe = createSocketServer();
		probe.once('error', () => resolve(false));
		probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
	});
	return isFree ? port : (await freePorts(1))[0];
}

async function startSupplier(): Promise<Supplier> {
	let mended = false;
	const server: Server = createServer((_request, response) => {
		response.writeHead(mended ? 200 : 503, { 'content-type': 'application/json' });
		response.end(JSON.stringify(mended ? { booked: true } : { message: 'down for maintenance' }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/bookings`,
		mend: () => {
			mended = true;
		},
		stop: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
