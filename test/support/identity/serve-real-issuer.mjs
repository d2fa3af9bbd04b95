// A real OpenID provider (oidc-provider) in a process of its own: prints its port, then serves until it is stopped.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { redirectUri, groupsOf } = JSON.parse(process.argv[2]);
const server = createServer((request, response) => serve(request, response));
let serve = () => undefined;

server.listen(0, '127.0.0.1', () => {
	const { port } = server.address();
	const provider = new Provider(`http://127.0.0.1:${port}`, {
		clients: [
			{
				client_id: 'orchestration',
				client_secret: 'a secret of the tests',
				redirect_uris: [redirectUri],
			},
		],
		claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
		findAccount: (_context, id) => ({
			accountId: id,
			claims: () => ({
				sub: id,
				email: `${id}@example.com`,
				email_verified: true,
				groups: groupsOf[id] ?? [],
			}),
		}),
		features: { devInteractions: { enabled: true } },
		pkce: { required: () => true },
		cookies: { keys: ['of the tests'] },
	});
	serve = provider.callback();
	console.log(port);
});
