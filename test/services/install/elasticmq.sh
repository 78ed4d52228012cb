#!/usr/bin/env bash
# An SQS of its own that many processes can share; with all its libraries, from Maven Central.
source "$(dirname "$0")/_debian.sh"
need java default-jre-headless
need mvn maven
VERSION=1.7.1
folder="$(cd "$(dirname "$0")/../../.." && pwd)/node_modules/.cache/tank-elasticmq-$VERSION"
[ -d "$folder/lib" ] && exit 0
mkdir -p "$folder"
cat >"$folder/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tank</groupId><artifactId>elasticmq</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.elasticmq</groupId><artifactId>elasticmq-server_3</artifactId><version>$VERSION</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B -f "$folder/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder/lib.part"
mv "$folder/lib.part" "$folder/lib"
