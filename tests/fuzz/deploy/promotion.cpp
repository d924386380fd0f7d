#include "deploy/promotion.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::deploy;

// What another host hands on: only bytes that we would write ourselves are read, and nothing in them but plain words.
extern "C" int fuzz_deploy_promotion(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto proof = parse_proof(text, "record.json", "staging");
    if (!proof.ok()) return 0;
    const auto again = to_json(proof.value()); // with its digest, which an earlier version did not write
    if (again != text && !again.starts_with(text.substr(0, text.rfind('"') + 1))) std::abort();
    if (check_proof(proof.value(), {}, {}).ok()) std::abort(); // no app is called so
    return 0;
}
