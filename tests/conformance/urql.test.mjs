// urql, whose Accept header lists event streams on every request: it gets JSON, and a stream when it subscribes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import {
  FINISHED, PROGRESS, TEST, UNKNOWN_FIELD, UPLOADER, VIEWER, bearer, sample, socketUrl, testedFile, url,
} from './asking.mjs';

const options = { url, preferGetMethod: false, fetchOptions: { headers: bearer('uploader') } };
const client = new Client({ ...options, fetchSubscriptions: true, exchanges: [cacheExchange, fetchExchange] });

const followed = (source) => new Promise((resolve, reject) => {
  const states = [];
  const { unsubscribe } = source.subscribe((result) => {
    if (result.error) reject(result.error);
    states.push(result.data?.collectiveFileProgress);
    if (states.at(-1)?.state === FINISHED.state) {
      setImmediate(() => unsubscribe());
      resolve(states);
    }
  });
});

test('a query is answered', async () => {
  const { data, error } = await client.query(VIEWER, {}).toPromise();
  assert.equal(error, undefined);
  assert.deepEqual(data.viewer.roles, UPLOADER.roles);
});

test('a query by GET is answered', async () => {
  const { data, error } = await client.query(VIEWER, {}, { preferGetMethod: 'force', requestPolicy: 'network-only' }).toPromise();
  assert.equal(error, undefined);
  assert.deepEqual(data.viewer.roles, UPLOADER.roles);
});

test('an error of the document is told as one of GraphQL, not of the network', async () => {
  const { error } = await client.query(UNKNOWN_FIELD, {}).toPromise();
  assert.equal(error.networkError, undefined);
  assert.equal(error.graphQLErrors[0].extensions.code, 'BAD_REQUEST');
});

test('a mutation with a file is done', async () => {
  const file = new File([await sample('valid.xml')], 'valid.xml', { type: 'application/xml' });
  const { data, error } = await client.mutation(TEST, { input: { file } }).toPromise();
  assert.equal(error, undefined);
  assert.equal(data.collectiveFileTest.__typename, 'CollectiveFileTested');
});

test('a subscription is followed over an event stream', async () => {
  const states = await followed(client.subscription(PROGRESS, { id: await testedFile() }));
  assert.deepEqual({ state: states.at(-1).state, progress: states.at(-1).progress }, FINISHED);
});

test('a subscription is followed over a web socket', async () => {
  const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: bearer('uploader') });
  const over = new Client({
    ...options,
    exchanges: [fetchExchange, subscriptionExchange({
      forwardSubscription: (operation) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...operation, query: operation.query ?? '' }, sink) }),
      }),
    })],
  });
  const states = await followed(over.subscription(PROGRESS, { id: await testedFile() }));
  assert.deepEqual({ state: states.at(-1).state, progress: states.at(-1).progress }, FINISHED);
  await socket.dispose();
});
