import { fileShape } from './fields.ts';
import type { RecordShape, Shape } from './shape.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The JSON schema of expectation files. */
export function expectationSchema(): Schema {
  return jsonSchema('Expectations for kubenat test', fileShape);
}

/** The JSON schema (draft 2020-12) of files, made of the same table that reads them. */
export function jsonSchema(title: string, shape: RecordShape): Schema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schemaOf(shape) };
}

function schemaOf(shape: Shape): Schema {
  switch (shape.kind) {
    case 'any':
      return {};
    case 'text':
      return {
        type: 'string',
        pattern: shape.pattern ?? '\\S',
        ...(shape.examples && { examples: shape.examples }),
      };
    case 'choice':
      return { type: 'string', enum: shape.values };
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: shape.least, maximum: shape.most };
    case 'list':
      return { type: 'array', ...(!shape.mayBeEmpty && { minItems: 1 }), items: schemaOf(shape.of) };
    case 'map':
      return { type: 'object', minProperties: 1, additionalProperties: schemaOf(shape.of) };
    case 'either':
      return { anyOf: shape.of.map(schemaOf) };
    case 'record':
      return recordSchema(shape);
  }
}

function recordSchema({ fields, required = [], exclusive = [] }: RecordShape): Schema {
  const properties = Object.entries(fields).map(([name, { shape, says }]) => [
    name,
    { description: says, ...schemaOf(shape) },
  ]);
  const alone = required.filter((group) => group.length === 1).flat();
  const rules = [
    ...required
      .filter((group) => group.length > 1)
      .map((group) => ({ anyOf: group.map((name) => ({ required: [name] })) })),
    ...exclusive.flatMap(pairs).map((pair) => ({ not: { required: pair } })),
  ];
  return {
    type: 'object',
    additionalProperties: false,
    ...(alone.length > 0 && { required: alone }),
    properties: Object.fromEntries(properties),
    ...(rules.length > 0 && { allOf: rules }),
  };
}

function pairs(group: readonly string[]): string[][] {
  return group.flatMap((first, index) => group.slice(index + 1).map((second) => [first, second]));
}
