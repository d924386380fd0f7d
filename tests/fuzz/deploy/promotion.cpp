#include "deploy/promotion.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::deploy;

// What another host hands on: only bytes that we would write ourselves are read, and nothing in them but plain words.
extern "C" int fuzz_deploy_promotion(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto proof = parse_proof(text, "record.json");
    if (!proof.ok()) return 0;
    if (to_json(proof.value()) != text) std::abort();
    if (check_proof(proof.value(), {}, {}).ok()) std::abort(); // no app is called so
    return 0;
}
