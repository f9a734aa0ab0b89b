import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { twoHandlersOfOneMessage } from '../workflows/set-up-errors.js';

type Message = abstract new (...args: never[]) => object;

/** Where `@CommandHandler` and `@QueryHandler` keep the class that they handle; @nestjs/cqrs doesn't export the names. */
const metadataKeys = ['__commandHandler__', '__queryHandler__'];

/** What handles which command and query, among all providers of the application. */
@Injectable()
export class DiscoveredHandlers {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws FermataError `CONFIGURATION_INVALID`: two handlers of one command or query, of which one would be silent */
  check(): void {
    const handlers = new Map<Message, string[]>();
    for (const { metatype, isAlias } of this.discovery.getProviders()) {
      const message = metatype && !isAlias ? messageOf(metatype) : undefined;
      if (message) handlers.set(message, [...(handlers.get(message) ?? []), metatype?.name ?? '']);
    }
    for (const [{ name }, names] of handlers) if (names.length > 1) throw twoHandlersOfOneMessage(name, names);
  }
}

function messageOf(handler: object): Message | undefined {
  return metadataKeys
    .map((key) => Reflect.getMetadata(key, handler) as Message | undefined)
    .find((message) => message !== undefined);
}
