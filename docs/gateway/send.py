# python3 send.py <url> <client.crt> <client.key> <ca.crt> <to>
import json
import ssl
import sys
import urllib.request
import uuid

url, cert, key, ca, to = sys.argv[1:6]

context = ssl.create_default_context(cafile=ca)
context.minimum_version = ssl.TLSVersion.TLSv1_2
context.load_cert_chain(cert, key)

message = {"from": "billing@example.com", "to": to, "subject": "Python", "text": "Sent by Python."}
request = urllib.request.Request(
    url + "/api/v1/messages",
    data=json.dumps(message).encode(),
    # No answer: ask again with the same key, and it is the same mail.
    headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())},
)
with urllib.request.urlopen(request, context=context, timeout=30) as answer:
    print(answer.read().decode())
