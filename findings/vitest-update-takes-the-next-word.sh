#!/usr/bin/env bash
# vitest 4.1.12: `--update` takes the word after it as its value. `vitest run --update a.test.ts` does not update the snapshots of
# a.test.ts: it runs every test file there is, and updates the snapshots of all. `vitest run a.test.ts --update` is what was meant.
# Needs Node 20 and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' >package.json
npm install --silent --no-audit --no-fund vitest@4.1.12
for name in a b; do
  cat >$name.test.js <<END
import { expect, test } from 'vitest';
test('$name', () => expect('new').toMatchSnapshot());
END
done
outdated() {
  rm -rf __snapshots__ && mkdir __snapshots__
  for name in a b; do
    printf '// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html\n\nexports[`%s 1`] = `"old"`;\n' $name >__snapshots__/$name.test.js.snap
  done
}
updated() { grep -l '"new"' __snapshots__/*.snap | xargs -n1 basename | paste -sd' '; }
outdated
npx vitest run --update a.test.js >/dev/null 2>&1
seen="run --update a.test.js: $(updated)"
outdated
npx vitest run a.test.js --update >/dev/null 2>&1
seen="$seen
run a.test.js --update: $(updated)"
wanted="run --update a.test.js: a.test.js.snap b.test.js.snap
run a.test.js --update: a.test.js.snap"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
