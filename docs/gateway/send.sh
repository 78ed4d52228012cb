#!/bin/sh
# sh send.sh <url> <client.crt> <client.key> <ca.crt> <to>
exec curl --silent --show-error --fail-with-body --tlsv1.2 --cert "$2" --key "$3" --cacert "$4" \
  -H 'Content-Type: application/json' -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
  -d "{\"from\":\"billing@example.com\",\"to\":\"$5\",\"subject\":\"curl\",\"text\":\"Sent by curl.\"}" \
  "$1/api/v1/messages"
