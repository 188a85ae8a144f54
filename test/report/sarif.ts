import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { fixtures } from '../cases.ts';

/** What RFC 3986 lets stand in a reference: nothing that had to be escaped. */
const reference = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;

/**
 * The committee's own schema is of draft 4, which Ajv 8 does not know. Of what has another meaning since, it uses only
 * the name of `$id`; so these two lines are all that is changed.
 */
function schema(): object {
  const file = join(fixtures, 'sarif', 'sarif-schema-2.1.0.json');
  const { $schema, id, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  if ($schema !== 'http://json-schema.org/draft-04/schema#') throw new Error(`${file} is of another draft`);
  return { $schema: 'http://json-schema.org/draft-07/schema#', $id: id, ...rest };
}

const ajv = new Ajv({
  allErrors: true,
  strict: false,
  formats: {
    uri: (text: string) => reference.test(text) && URL.canParse(text),
    'uri-reference': reference,
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
  },
});
const validate = ajv.compile(schema());

/** What is wrong with a document of SARIF 2.1.0, by its schema. */
export function sarifErrors(text: string): readonly string[] {
  return validate(JSON.parse(text)) ? [] : [ajv.errorsText(validate.errors, { separator: '\n' })];
}
