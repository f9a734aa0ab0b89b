import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { schemas } from './schemas.js';

/** The document of all routes. */
export function createOpenApi(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Fermata')
    .setDescription('Durable execution: start, message, steer and look at executions.')
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  // The builder's types know no union of types and no plain JSON Schema, both of which OpenAPI 3.1 has.
  const components = {
    ...document.components,
    schemas: schemas as unknown as NonNullable<OpenAPIObject['components']>['schemas'],
  };
  return { ...document, components: components as NonNullable<OpenAPIObject['components']> };
}
