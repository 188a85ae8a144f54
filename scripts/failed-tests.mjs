// Names the tests that failed in a report of vitest (--reporter=json), each with the first lines of why.
// node scripts/failed-tests.mjs REPORT.json
import { existsSync, readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (!existsSync(file)) {
  console.log(`no report was written: ${file}`);
  process.exit(0);
}
const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
for (const { name, status, message, assertionResults } of testResults) {
  if (status === 'failed' && assertionResults.length === 0)
    console.log(`FAILED ${name}\n    ${firstLines(message)}`);
  for (const { status, fullName, failureMessages } of assertionResults)
    if (status === 'failed')
      console.log(`FAILED ${name}: ${fullName}\n    ${firstLines(failureMessages.join('\n'))}`);
}

function firstLines(message) {
  return message.split('\n').slice(0, 12).join('\n    ');
}
