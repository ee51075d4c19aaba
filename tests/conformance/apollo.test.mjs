// Apollo Client with apollo-upload-client: a query, an error, and an upload.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { TEST, UNKNOWN_FIELD, UPLOADER, VIEWER, bearer, sample, url } from './asking.mjs';

const client = new ApolloClient({
  cache: new InMemoryCache({ addTypename: false }),
  link: new UploadHttpLink({ uri: url, headers: bearer('uploader') }),
});

test('a query is answered', async () => {
  const { data } = await client.query({ query: gql(VIEWER) });
  assert.deepEqual(data.viewer.roles, UPLOADER.roles);
  assert.equal(data.viewer.organisation.name, UPLOADER.organisation.name);
});

test('an error of the document is told as one of GraphQL, not of the network', async () => {
  const error = await client.query({ query: gql(UNKNOWN_FIELD) }).then(assert.fail, (caught) => caught);
  assert.equal(error.errors?.[0].extensions.code, 'BAD_REQUEST');
  assert.ok(error.errors[0].extensions.correlationId);
});

test('a file is taken in', async () => {
  const file = new File([await sample('valid.xml')], 'valid.xml', { type: 'application/xml' });
  const { data } = await client.mutate({ mutation: gql(TEST), variables: { input: { file } } });
  assert.equal(data.collectiveFileTest.__typename, 'CollectiveFileTested');
});
