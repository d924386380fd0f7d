// A folder of foreign files: none counts as evidence, and each answer names its requirement and a command. The files
// are what stands between line ends of the input.
#include "attest/demand.h"
#include "base/text.h"
#include "sys/digest.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

namespace {

config::Config loaded() {
    return config::load_text(
               "version: 1\napp: shop\nevidence: {keys: [k]}\nenvironments: {staging: {}, live: {require: "
               "[gate, scan, preflight, migrate, smoke@staging, deploy@staging, {backup: {max_age: 1h}}]}}\n",
               "fairlead.yml", {.path = "", .folder = "/w"})
        .value();
}

}

extern "C" int fuzz_attest_demand(const std::uint8_t* data, std::size_t size) {
    static const auto config = loaded();
    static const auto demands = attest::read_demands(config, "live").value();
    std::vector<attest::Stored> stored;
    for (auto& text : split({reinterpret_cast<const char*>(data), size}, '\n'))
        stored.push_back({sys::sha256(text), text, text.empty() ? "it is empty" : ""});
    attest::Key key;
    key.key.bytes.fill(7); // nobody signs with it
    const attest::About about{"shop", "live", std::string(40, 'c'), false, "1-d", "1", std::string(64, 'd')};
    const auto answers = attest::answer(demands, about, config, {key}, stored, SystemTime());
    if (!answers.ok() || answers->size() != demands.size()) std::abort();
    for (const auto& one : answers.value()) {
        const bool named =
            one.complaint.starts_with(one.demand + ": ") && one.complaint.find("run: ") != std::string::npos;
        if (!one.evidence.empty() || !named || one.complaint.find('\n') != std::string::npos) std::abort();
    }
    return 0;
}
