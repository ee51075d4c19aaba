// The small clients: graphql-request, graphql-ws and graphql-sse.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphQLClient } from 'graphql-request';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { FINISHED, PROGRESS, UNKNOWN_FIELD, UPLOADER, VIEWER, bearer, socketUrl, testedFile, url } from './asking.mjs';

const collected = async (results) => {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
};

test('graphql-request: a query is answered', async () => {
  const client = new GraphQLClient(url, { headers: bearer('uploader') });
  assert.deepEqual(await client.request(VIEWER), { viewer: UPLOADER });
});

test('graphql-request: errors are read', async () => {
  const client = new GraphQLClient(url, { headers: bearer('uploader') });
  const error = await client.request(UNKNOWN_FIELD).then(assert.fail, (caught) => caught);
  assert.equal(error.response.errors[0].extensions.code, 'BAD_REQUEST');
});

for (const [name, connect] of [
  ['graphql-ws', () => createSocket({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: bearer('uploader'), retryAttempts: 0 })],
  ['graphql-sse', () => createEvents({ url, headers: bearer('uploader'), retryAttempts: 0 })],
]) {
  test(`${name}: a query is answered`, async () => {
    const client = connect();
    assert.deepEqual(await collected(client.iterate({ query: VIEWER })), [{ data: { viewer: UPLOADER } }]);
    await client.dispose();
  });

  test(`${name}: a subscription is followed to its end`, async () => {
    const client = connect();
    const results = await collected(client.iterate({ query: PROGRESS, variables: { id: await testedFile() } }));
    assert.deepEqual(results.at(-1), { data: { collectiveFileProgress: FINISHED } });
    await client.dispose();
  });

  test(`${name}: errors are read`, async () => {
    const client = connect();
    const told = await collected(client.iterate({ query: UNKNOWN_FIELD })).then(
      (results) => results[0].errors,
      (thrown) => thrown,
    );
    assert.equal(told[0].extensions.code, 'BAD_REQUEST');
    await client.dispose();
  });
}

test('graphql-ws: a bad token closes with 4403', async () => {
  const client = createSocket({
    url: socketUrl, webSocketImpl: WebSocket, connectionParams: { authorization: 'Bearer nothing' }, retryAttempts: 0,
    shouldRetry: () => false,
  });
  const closed = await collected(client.iterate({ query: VIEWER })).then(assert.fail, (caught) => caught);
  assert.equal(closed.code, 4403);
});
