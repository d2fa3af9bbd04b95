/** What may stand in front of a Temporal server: TLS, or somebody who knows no key. */
import { createServer as createHttp2Server } from 'node:http2';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';

export interface FrontDoor {
	/** host:port */
	address: string;
	close(): Promise<void>;
}

export interface TlsDoor extends FrontDoor {
	/** PEM of what to trust. */
	ca: string;
	/** PEM of one who is let in. */
	client: { certificate: string; key: string };
}

/** Ends TLS in front of a server; lets in only who shows its certificate. */
export async function startTlsDoor(behind: string): Promise<TlsDoor> {
	const [host = '', port = ''] = behind.split(':');
	const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
		algorithm: 'sha256',
		clientCertificate: true,
		extensions: [
			// It signs the client's.
			{ name: 'basicConstraints', cA: true, critical: true },
			{
				name: 'keyUsage',
				digitalSignature: true,
				keyEncipherment: true,
				keyCertSign: true,
				critical: true,
			},
			{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
		],
	});
	const { cert, private: key, clientcert, clientprivate } = pems;
	const server = createTlsServer(
		{ key, cert, ca: [cert], requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] },
		(socket) => {
			const onward = connect(Number(port), host);
			socket.pipe(onward).pipe(socket);
			// Told of errors or not: what one side has left keeps the other, and its process, alive.
			for (const [one, other] of [
				[socket, onward],
				[onward, socket],
			] as const) {
				one.on('error', () => other.destroy());
				one.on('close', () => other.destroy());
			}
		},
	);
	const client = { certificate: clientcert ?? '', key: clientprivate ?? '' };
	return { ...(await opened(server)), ca: cert, client };
}

/** Speaks gRPC, and answers every call with that status (grpc/grpc, doc/statuscodes.md). */
export async function startRefusingDoor(status: number, message: string): Promise<FrontDoor> {
	const server = createHttp2Server();
	server.on('stream', (stream) => {
		stream.on('error', () => undefined);
		stream.resume();
		stream.respond(
			{
				':status': 200,
				'content-type': 'application/grpc',
				'grpc-status': String(status),
				'grpc-message': message,
			},
			{ endStream: true },
		);
	});
	return await opened(server);
}

async function opened(server: Server | ReturnType<typeof createHttp2Server>): Promise<FrontDoor> {
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
	const { port } = server.address() as AddressInfo;
	return {
		address: `127.0.0.1:${port}`,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((done) => server.close(done));
		},
	};
}
