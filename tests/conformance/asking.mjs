// What every test here needs: where the server is, tokens of its personas, and documents of the main job.

import { readFile } from 'node:fs/promises';

export const url = process.env.CONFORMANCE_URL;
export const socketUrl = url.replace(/^http/, 'ws');

export const bearer = (persona) => ({ authorization: `Bearer ${JSON.parse(process.env.CONFORMANCE_TOKENS)[persona]}` });

export const sample = (name) => readFile(`${process.env.CONFORMANCE_SAMPLES}/${name}`);

export const VIEWER = 'query Viewer { viewer { organisation { name } roles } }';
export const UPLOADER = { organisation: { name: 'Sociaal Secretariaat Alfa' }, roles: ['UPLOADER'] };

export const TEST = `mutation Test($input: CollectiveFileTestInput!) {
  collectiveFileTest(input: $input) {
    __typename
    ... on CollectiveFileTested { collectiveFile { id state } }
    ... on Problem { code message }
  }
}`;

export const PROGRESS = 'subscription Progress($id: ID!) { collectiveFileProgress(id: $id) { state progress } }';
export const FINISHED = { state: 'PROCESSED', progress: 100 };

export const UNKNOWN_FIELD = 'query Unknown { viewer { nothingOfThisName } }';

// A file that is being tested, for those clients that cannot send one themselves.
export async function testedFile() {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: TEST, variables: { input: { file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', new Blob([await sample('valid.xml')], { type: 'application/xml' }), 'valid.xml');
  const response = await fetch(url, { method: 'POST', headers: bearer('uploader'), body: form });
  const { data } = await response.json();
  return data.collectiveFileTest.collectiveFile.id;
}
