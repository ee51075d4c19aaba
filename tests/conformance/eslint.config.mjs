// The rules of graphql-eslint for schemas and for Relay; each exception says why.

import graphql from '@graphql-eslint/eslint-plugin';

export default [
  {
    files: ['**/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphql' } } },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // Only what can be asked for again has an id (Node); values, problems, payloads, edges and pages have none.
      '@graphql-eslint/strict-id-in-types': 'off',
      // A short closed list of values (roles of a viewer, path of a problem) is no page, and what only stands in its
      // page (a line, a finding, an entry of the audit trail) is not asked for alone.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
    },
  },
];
