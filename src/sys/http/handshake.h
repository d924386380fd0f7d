#pragma once
#include "sys/http/seen.h"
#include <openssl/types.h>

namespace fairlead::sys {

// In a callback of SSL_CTX_set_cert_verify_callback(3): the handshake so far, its certificates judged by OpenSSL.
Handshake read_handshake(X509_STORE_CTX* context, const std::string& host);

}
