// A certified OpenID provider (npm `oidc-provider`) with the claims of the Flemish access management, on a free port.
// Accounts and clients come as JSON on the command line. Beside the provider: POST /test/rotate signs with new keys
// and keeps showing the old ones, POST /test/withdraw stops showing those, POST /test/es256 signs ID tokens otherwise.

import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const { accounts, clients, audience } = JSON.parse(process.argv[2]);
const HOURS = 4 * 3600;
const CUSTOM = ['vo_orgcode', 'vo_applicatienaam', 'wsetwp_rol_3d', 'name'];
const FORMATS = {
  'urn:mandaat:rs256': { audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
  'urn:mandaat:es256': { audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
  'urn:mandaat:opaque': { audience, accessTokenFormat: 'opaque' },
  'urn:elsewhere:rs256': { audience: 'elsewhere', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
  'urn:elsewhere:opaque': { audience: 'elsewhere', accessTokenFormat: 'opaque' },
};

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

let generation = 0;
let idTokenAlgorithm = 'RS256';
let keys = [];
let provider;

async function newKeys() {
  generation += 1;
  return Promise.all(
    ['RS256', 'ES256'].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg}-${generation}` };
    }),
  );
}

function open() {
  const claimsOf = (token) =>
    token.kind === 'ClientCredentials'
      ? clients.find((one) => one.client_id === token.clientId).claims
      : accounts[token.accountId];
  provider = new Provider(issuer, {
    jwks: { keys },
    clients: clients.map(({ claims, ...metadata }) => ({ ...metadata, id_token_signed_response_alg: idTokenAlgorithm })),
    cookies: { keys: ['a key of a test'] },
    claims: { openid: ['sub', ...CUSTOM] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, sub) => accounts[sub] && { accountId: sub, claims: () => ({ sub, ...accounts[sub] }) },
    extraTokenClaims: (_ctx, token) => claimsOf(token),
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    ttl: {
      AccessToken: HOURS,
      AuthorizationCode: 60,
      ClientCredentials: HOURS,
      Grant: HOURS,
      IdToken: HOURS,
      Interaction: 600,
      Session: HOURS,
    },
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_ctx, client) => client.clientId === 'mandaat:server' },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({ scope: 'wse_twp', ...FORMATS[resource] }),
      },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        // What the proxy in front of the provider saw; a test plays that proxy.
        getCertificate: (ctx) => ctx.get('x-test-certificate') || undefined,
      },
    },
  });
  // The provider is behind no TLS here.
  provider.on('server_error', (_ctx, error) => console.error(error));
}

server.on('request', async (request, response) => {
  if (request.method === 'POST' && request.url === '/test/rotate') keys = [...(await newKeys()), ...keys];
  else if (request.method === 'POST' && request.url === '/test/withdraw') keys = keys.slice(0, 2);
  else if (request.method === 'POST' && request.url === '/test/es256') idTokenAlgorithm = 'ES256';
  else return provider.callback()(request, response);
  open();
  return response.writeHead(204).end();
});

keys = await newKeys();
open();
console.log(issuer);
process.stdin.on('end', () => process.exit(0)).resume();
