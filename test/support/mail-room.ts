import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface MailRoom {
	/** smtp:// */
	readonly url: string;
	/** As they came, headers and text. */
	readonly messages: string[];
	close(): Promise<void>;
}

/** A mail server that takes everything (RFC 5321, as much as a client needs). */
export async function openMailRoom(): Promise<MailRoom> {
	const messages: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		let got = '';
		let inMessage = false;
		socket.write('220 mail.test\r\n');
		socket.on('error', () => socket.destroy());
		socket.on('data', (data) => {
			got += data.toString();
			for (;;) {
				const end = inMessage ? '\r\n.\r\n' : '\r\n';
				const at = got.indexOf(end);
				if (at < 0) return;
				const piece = got.slice(0, at);
				got = got.slice(at + end.length);
				if (inMessage) messages.push(piece);
				const starts = !inMessage && /^DATA/i.test(piece);
				inMessage = starts;
				if (/^QUIT/i.test(piece)) socket.end('221 bye\r\n');
				else socket.write(starts ? '354 go on\r\n' : '250 ok\r\n');
			}
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
		messages,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
