const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH)/;

/** We refused the peer's certificate, before anything was said: nothing can leave until somebody looks. */
export const isCertificateFault = (code: string | undefined): boolean => CERTIFICATE.test(code ?? '');
