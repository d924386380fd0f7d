#pragma once
#include "sys/http/seen.h"
#include <openssl/types.h>

namespace fairlead::sys {

// Call it in a callback of SSL_CTX_set_cert_verify_callback(3). Returns the handshake so far, with OpenSSL's judgement
// of the certificates.
Handshake read_handshake(X509_STORE_CTX* context, const std::string& host);

}
