// What Relay's compiler makes of a program's fragments and operations. Its Babel plugin would put the compiled ones here.
const graphql = ([text]) => require(`./__generated__/${/(?:fragment|query|mutation|subscription) (\w+)/.exec(text)[1]}.graphql`);

exports.person = graphql`
  fragment desk_person on Contact {
    name
    organization { name }
  }
`;
exports.row = graphql`
  fragment desk_row on Ticket {
    number
    subject
    status
    createdAt
    contact { ...desk_person }
  }
`;
exports.list = graphql`
  fragment desk_list on Query
  @refetchable(queryName: "deskListPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
    tickets(first: $count, after: $cursor, orderBy: [{ number: ASC }]) @connection(key: "desk_tickets") {
      edges { node { id subject ...desk_row } }
    }
  }
`;
// Of one noun: Relay asks for it anew by Query.node.
exports.history = graphql`
  fragment desk_history on Ticket
  @refetchable(queryName: "deskHistoryPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" }) {
    events(first: $count, after: $cursor) @connection(key: "desk_events") {
      edges { node { position type } }
    }
  }
`;
exports.listQuery = graphql`
  query deskListQuery { ...desk_list }
`;
exports.ticketQuery = graphql`
  query deskTicketQuery($id: ID!) {
    ticket(id: $id) { id status ...desk_history }
  }
`;
exports.create = graphql`
  mutation deskCreateMutation($input: CreateTicketInput!) {
    createTicket(input: $input) {
      ticket { id ...desk_row }
      errors { code message field }
    }
  }
`;
exports.resolve = graphql`
  mutation deskResolveMutation($input: ResolveTicketInput!) {
    resolveTicket(input: $input) { ticket { id status } errors { code } }
  }
`;
exports.events = graphql`
  subscription deskEventsSubscription($after: Long) {
    events(after: $after) { position type data subject { id ... on Ticket { status } } }
  }
`;
