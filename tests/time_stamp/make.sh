#!/usr/bin/env bash
# Makes the vectors of tests/time_stamp, with OpenSSL 3.0's `ts`: once, by hand. What it writes is committed; no test runs it.
# usage: make.sh FOLDER      writes what the tests read into this folder, and nothing else outside of a temporary one
set -eu
out=$(realpath "$1"); work=$(mktemp -d); cd "$work"
cat >cnf <<'CNF'
[ca]
default_ca = any
[any]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = whatever
copy_extensions = none
unique_subject = no
[whatever]
organizationName = optional
commonName = supplied
[req]
distinguished_name = dn
prompt = no
[dn]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[middle]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign
[stamps]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[stamps_not_critical]
extendedKeyUsage = timeStamping
[stamps_and_more]
extendedKeyUsage = critical, timeStamping, codeSigning
[tsa]
default_tsa = one
[one]
serial = stamps
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1, millisecs:500
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
CNF
: >index; echo 1000 >serial; echo 01 >stamps
rsa() { openssl genrsa -out "$1.key" "${2:-2048}" 2>/dev/null; }
ec() { openssl ecparam -name "$2" -genkey -noout -out "$1.key"; }
# certificate NAME SUBJECT EXTENSIONS FROM UNTIL [ISSUER]: self-signed without an issuer
certificate() {
  openssl req -new -config cnf -key "$1.key" -subj "$2" -out "$1.csr"
  if [ $# = 6 ]; then set -- "$@" -cert "$6.pem" -keyfile "$6.key"; else set -- "$@" self -selfsign -keyfile "$1.key"; fi
  openssl ca -batch -notext -config cnf -in "$1.csr" -out "$1.pem" -extensions "$3" -startdate "$4" -enddate "$5" "${@:7}" 2>/dev/null
}
LONG="20200101000000Z 21200101000000Z"
rsa root; certificate root "/O=Fictional/CN=Root of stamps" root $LONG
rsa other; certificate other "/O=Fictional/CN=Another root" root $LONG
ec middle secp384r1; certificate middle "/O=Fictional/CN=Middle of stamps" middle $LONG root
rsa tsa-rsa; certificate tsa-rsa "/O=Fictional/CN=Time stamps RSA" stamps $LONG root
ec tsa-ec prime256v1; certificate tsa-ec "/O=Fictional/CN=Time stamps EC" stamps $LONG middle
for bad in stamps_not_critical stamps_and_more; do ec $bad prime256v1; certificate $bad "/O=Fictional/CN=$bad" $bad $LONG root; done
ec expired prime256v1; certificate expired "/O=Fictional/CN=expired" stamps 20200101000000Z 20210101000000Z root
printf 'the exhibit' >data
openssl ts -query -data data -sha256 -cert -out asked.tsq 2>/dev/null
openssl ts -reply -config cnf -queryfile asked.tsq -signer tsa-rsa.pem -inkey tsa-rsa.key -out rsa.tsr 2>/dev/null
openssl ts -reply -config cnf -queryfile asked.tsq -signer tsa-ec.pem -inkey tsa-ec.key -chain middle.pem -out ec.tsr 2>/dev/null
sed 's/ess_cert_id_alg = sha256/ess_cert_id_alg = sha1/; s/signer_digest = sha256/signer_digest = sha512/' cnf >sha1.cnf
openssl ts -reply -config sha1.cnf -queryfile asked.tsq -signer tsa-rsa.pem -inkey tsa-rsa.key -out sha1.tsr 2>/dev/null
openssl ts -query -data data -sha256 -cert -out again.tsq 2>/dev/null
openssl ts -reply -config cnf -queryfile again.tsq -signer tsa-rsa.pem -inkey tsa-rsa.key -out again.tsr 2>/dev/null
sed 's/digests = .*/digests = sha512/' cnf >no.cnf
openssl ts -reply -config no.cnf -queryfile asked.tsq -signer tsa-rsa.pem -inkey tsa-rsa.key -out refused.tsr 2>/dev/null
openssl ts -verify -queryfile asked.tsq -in rsa.tsr -CAfile root.pem >/dev/null 2>&1
openssl ts -verify -queryfile asked.tsq -in sha1.tsr -CAfile root.pem >/dev/null 2>&1
openssl ts -verify -queryfile asked.tsq -in ec.tsr -CAfile root.pem >/dev/null 2>&1
for name in tsa-ec stamps_not_critical stamps_and_more expired; do openssl pkcs8 -topk8 -nocrypt -in $name.key -outform DER -out $name.p8; done
cp root.pem other.pem middle.pem asked.tsq rsa.tsr ec.tsr sha1.tsr again.tsr refused.tsr "$out/"
for name in tsa-ec stamps_not_critical stamps_and_more expired; do cp $name.pem $name.p8 "$out/"; done
rm -r "$work"
