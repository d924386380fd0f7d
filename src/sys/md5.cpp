#include "sys/md5.h"
#include <openssl/evp.h>
#include <stdexcept>

namespace fairlead::sys {

std::string md5(std::string_view bytes) {
    std::string digest(16, '\0');
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_md5(),
                   nullptr) != 1 ||
        size != digest.size())
        throw std::runtime_error("OpenSSL has no MD5 here");
    return digest;
}

}
