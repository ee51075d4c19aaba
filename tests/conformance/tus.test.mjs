// tus-js-client: a file in pieces, a broken connection, and the mutation that takes the finished upload in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphQLClient } from 'graphql-request';
import * as tus from 'tus-js-client';
import { TEST, bearer, sample, url } from './asking.mjs';

const endpoint = url.replace(/graphql$/, 'uploads');

const sent = (data, options = {}) => new Promise((resolve, reject) => {
  const upload = new tus.Upload(data, {
    endpoint,
    headers: bearer('uploader'),
    metadata: { filename: 'oktober.xml' },
    chunkSize: 1000,
    retryDelays: null,
    onError: reject,
    onSuccess: () => resolve(upload),
    ...options,
  });
  upload.start();
});

const tested = async (upload) => {
  const client = new GraphQLClient(url, { headers: bearer('uploader') });
  const input = { upload: upload.url.split('/').at(-1) };
  return (await client.request(TEST, { input })).collectiveFileTest;
};

test('tus-js-client: a file in pieces is taken in by its id', async () => {
  const upload = await sent(await sample('valid.xml'));
  assert.equal((await tested(upload)).__typename, 'CollectiveFileTested');
});

test('tus-js-client: an upload that was stopped goes on where it was', async () => {
  const data = await sample('valid.xml');
  const stopped = await new Promise((resolve, reject) => {
    const upload = new tus.Upload(data, {
      endpoint, headers: bearer('uploader'), chunkSize: 1000, onError: reject,
      onChunkComplete: () => upload.abort().then(() => resolve(upload), reject),
    });
    upload.start();
  });
  const offsets = [];
  const upload = await sent(data, { uploadUrl: stopped.url, onChunkComplete: (_, accepted) => offsets.push(accepted) });
  assert.ok(offsets[0] > 1000, `the first piece was sent again: ${offsets}`);
  assert.equal((await tested(upload)).__typename, 'CollectiveFileTested');
});

test('tus-js-client: an upload can be ended for good', async () => {
  const upload = await sent(await sample('valid.xml'));
  await tus.Upload.terminate(upload.url, { headers: bearer('uploader') });
  assert.equal((await tested(upload)).code, 'INVALID_VALUE');
});

test('tus-js-client: a file over the limit is refused at once', async () => {
  const error = await sent(await sample('valid.xml'), { uploadSize: 10 ** 12 }).then(assert.fail, (caught) => caught);
  assert.equal(error.originalResponse.getStatus(), 413);
});
