#!/usr/bin/env bash
# sigs.k8s.io/yaml 1.6.0, with which kubectl and the API server read manifests, is neither YAML 1.1 nor 1.2 where numbers are concerned:
# - `0120` is octal, 80, while `0190` (no octal number) is 190 and no error;
# - `1:30`, a number of base 60 in YAML 1.1, is a string;
# - `1_000` and `0b11` are numbers, as they are not in YAML 1.2; `0o120`, which YAML 1.1 does not have, is one, too;
# - `y` is true, not only `yes` and `on`.
# Needs Go.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod GOPATH="$folder/go"
cat >main.go <<'END'
package main

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

func main() {
	for _, text := range []string{"0120", "0190", "1:30", "1_000", "0b11", "0o120", "y"} {
		json, err := yaml.YAMLToJSON([]byte(text))
		fmt.Println(text, string(json), err)
	}
}
END
printf 'module read\ngo 1.22\nrequire sigs.k8s.io/yaml v1.6.0\n' >go.mod
seen=$(go run . 2>problems) || { cat problems; exit 1; }
wanted="0120 80 <nil>
0190 190 <nil>
1:30 \"1:30\" <nil>
1_000 1000 <nil>
0b11 3 <nil>
0o120 80 <nil>
y true <nil>"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
