// A program that is written against the generated types. What must not compile is marked: tsc fails where it would.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type FragmentType, graphql, useFragment } from "./gql";
import type { CreateTicketInput, MutationResolveTicketArgs, Ticket, TicketPriority } from "./schema";

const Row = graphql(`
  fragment Row on Ticket { id number subject status priority createdAt contact { name organization { domain } } }
`);
const Page = graphql(`
  query Page($filter: TicketFilter, $after: String) {
    tickets(filter: $filter, after: $after, orderBy: [{ number: ASC }]) {
      totalCount
      nodes { ...Row }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
const Create = graphql(`
  mutation Create($input: CreateTicketInput!) {
    createTicket(input: $input) { ticket { ...Row } event { position data } errors { code message field } }
  }
`);
const Events = graphql(`
  subscription Events($after: Long) { events(after: $after, types: ["ticket.*"]) { position type subject { id } } }
`);

declare function ask<Result, Variables>(document: TypedDocumentNode<Result, Variables>, given: Variables): Promise<Result>;
declare function listen<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  given: Variables,
): AsyncIterable<Result>;

function told(row: FragmentType<typeof Row>): string {
  const { number, subject, priority, contact } = useFragment(Row, row);
  const whole: number = number;
  const word: TicketPriority = priority;
  return `${whole} ${word} ${subject} ${contact?.organization?.domain ?? "nowhere"}`;
}

export async function use(): Promise<string[]> {
  const input: CreateTicketInput = { subject: "Portal", priority: "HIGH" };
  const { createTicket } = await ask(Create, { input });
  const position: number | null | undefined = createTicket.event?.position;
  const codes: string[] = createTicket.errors.map(({ code }) => code);
  const { tickets } = await ask(Page, { filter: { status: { in: ["OPEN", "PENDING"] } }, after: null });
  for await (const { events } of listen(Events, { after: position ?? 0 })) codes.push(events.type);
  return [...codes, ...tickets.nodes.map(told)];
}

export function mistakes(ticket: Ticket): unknown[] {
  return [
    // @ts-expect-error A contact may be missing.
    ticket.contact.name,
    // @ts-expect-error There is no such field.
    ticket.nonsense,
    // @ts-expect-error There is no such word.
    ask(Create, { input: { subject: "Portal", priority: "HIGHEST" } }),
    // @ts-expect-error A subject must be given.
    ask(Create, { input: {} }),
    // @ts-expect-error A resolution must be given.
    { input: { id: "ticket_rV7yKdPm" } } satisfies MutationResolveTicketArgs,
  ];
}
