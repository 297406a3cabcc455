/** A server of tests signed this itself, for 127.0.0.1 and from 2020 to 2120. It guards nothing. */
const key =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAlHW9FZoQJeUU3PNiYqpLJde/X53qUscNGp0+Wqm6PahRANCAASB/DceXqGvqKFPtFAk7Bsorn74KwgPm/FL3jcwqPOIvOZrK1t9YtDo3xPry4CEYMYY0q+GBKuwdoRFYglQtp4b';
const certificate =
  'MIIBZDCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1jb21meSBhdCBob21lMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYDVQQDDA1jb21meSBhdCBob21lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgfw3Hl6hr6ihT7RQJOwbKK5++CsID5vxS943MKjziLzmaytbfWLQ6N8T68uAhGDGGNKvhgSrsHaERWIJULaeG6NDMEEwDwYDVR0RBAgwBocEfwAAATAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBSFBVd/u8IJPQk79ZExLJVJyFHvDTAKBggqhkjOPQQDAgNIADBFAiEAzOMQMAX0pr5Umj9oSQcKFtVQIePxfud8SeIXHE2hXWgCIDMBSFFnu9nULv9e+XEh9OLwVWp+mKArPUpQNf25XhOP';

const pem = (what: string, text: string): string =>
  `-----BEGIN ${what}-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END ${what}-----\n`;

export const selfSigned = {
  key: pem('PRIVATE KEY', key),
  cert: pem('CERTIFICATE', certificate),
};
