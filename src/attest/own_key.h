#pragma once
#include "sys/signature.h"
#include <string>

namespace fairlead::attest {

// Reads a private key that only its owner can read. Error (usage): others can read it, or it isn't one.
Result<sys::PrivateKey> read_own_key(const std::string& file);

}
