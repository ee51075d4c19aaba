// Every audit that the authors of the specification publish for servers, with a token in the headers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { bearer, url } from './asking.mjs';

const fetchFn = (address, init = {}) => fetch(address, { ...init, headers: { ...init.headers, ...bearer('promotor') } });
const audits = serverAudits({ url, fetchFn });

test('there are as many audits as when this was written, or more', () => assert.ok(audits.length >= 61));

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}
