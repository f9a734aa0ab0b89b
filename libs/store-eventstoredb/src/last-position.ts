import type { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '@fermata/engine';
import type { LogName } from './log-name.js';

const { Options } = streams.ReadReq;
/** The server looks at so many events at a time. */
const searchWindowEvents = 10_000;

type Calling = Parameters<StreamsClient['read']>;

/** What the client keeps to itself and its own commands are made of (version 6.2.1). */
interface ClientParts {
  callArguments(options: object, callOptions: { readonly deadline: number }): [Calling[1], Calling[2]];
  GRPCStreamCreator(
    service: typeof StreamsClient,
    name: string,
    create: (service: StreamsClient) => ReturnType<StreamsClient['read']>,
  ): () => Promise<ReturnType<StreamsClient['read']>>;
}

/**
 * The position of a namespace's last event: of an execution's, or else of the one in its control stream. The server
 * searches, since going through what others have written since could take long. Its protocol has filtered reads where
 * the client's own commands haven't.
 */
export async function lastPosition(client: EventStoreDBClient, log: LogName): Promise<Position> {
  // The protocol is public; only the way to the connection isn't.
  const parts = client as unknown as ClientParts;
  const request = new streams.ReadReq().setOptions(searchFor(log));
  const create = (service: StreamsClient): ReturnType<StreamsClient['read']> =>
    service.read(request, ...parts.callArguments({}, { deadline: Infinity }));
  const read = await parts.GRPCStreamCreator(StreamsClient, 'readAll', create)();
  let last: Position = 0;
  for await (const answer of read as AsyncIterable<ReadResp>) {
    last = Number(answer.getEvent()?.getEvent()?.getCommitPosition() ?? last);
  }
  return last;
}

function searchFor({ pattern, controlStream }: LogName): InstanceType<typeof Options> {
  const names = new Options.FilterOptions.Expression();
  names.setRegex(`${pattern}|^${controlStream.replaceAll('.', '\\.')}$`);
  const filter = new Options.FilterOptions();
  filter.setStreamIdentifier(names).setMax(searchWindowEvents).setCheckpointintervalmultiplier(1);
  return new Options()
    .setAll(new Options.AllOptions().setEnd(new shared.Empty()))
    .setReadDirection(Options.ReadDirection.BACKWARDS)
    .setCount('1')
    .setFilter(filter)
    .setUuidOption(new Options.UUIDOption().setString(new shared.Empty()));
}
