// Documents as a Relay client writes them: a page with its connection, a node with a fragment, a mutation.

graphql`
  query ConventionsQuery($count: Int!, $after: String) {
    ...Conventions_page @arguments(count: $count, after: $after)
  }
`;

graphql`
  fragment Conventions_page on Query
  @argumentDefinitions(count: { type: "Int!" }, after: { type: "String" })
  @refetchable(queryName: "ConventionsPageQuery") {
    conventions(first: $count, after: $after) @connection(key: "Conventions_conventions") {
      edges { node { id ...Conventions_one } }
    }
  }
`;

graphql`
  fragment Conventions_one on Convention @refetchable(queryName: "ConventionsOneQuery") {
    number
    mandates(first: 10) { edges { node { id level } } }
  }
`;

graphql`
  mutation ConventionsGrantMutation($input: MandateGrantInput!) {
    mandateGrant(input: $input) {
      __typename
      ... on MandateGranted { mandate { id level } }
      ... on Problem { code message path }
    }
  }
`;

graphql`
  subscription ConventionsChangedSubscription($number: String!) {
    performanceFileChanged(conventionNumber: $number) { id state }
  }
`;
