// Any bytes as the header of an age file give one error; nobody's key opens what nobody wrote. Keys in Bech32 are
// spelt as they are read.
#include "sys/stream/age.h"
#include "sys/stream/age_parts.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

class Bytes : public Source {
  public:
    explicit Bytes(std::string_view bytes) : left_(bytes) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t size = std::min(into.size(), left_.size());
        std::copy_n(left_.begin(), size, into.begin());
        left_.remove_prefix(size);
        return size;
    }

  private:
    std::string_view left_;
};

}

extern "C" int fuzz_sys_age_header(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const AgeKeys keys = [] {
        AgeKeys made;
        made.identities.push_back(AgeIdentity::make());
        return made;
    }();
    Bytes source(text);
    const auto header = read_age_header(source, "f");
    if (!header.ok() && header.error().kind != Kind::no) std::abort();
    if (header.ok() && !text.starts_with(header.value())) std::abort();
    for (const auto& whole : {header.ok() ? header.value() : std::string(), std::string(text)})
        if (open_age_header(whole, keys, "f").ok()) std::abort();
    if (const auto recipient = AgeRecipient::read(text); recipient.ok()) {
        const auto shown = recipient->shown();
        if (AgeRecipient::read(shown).value() != recipient.value()) std::abort();
    }
    static_cast<void>(read_age_identities(text, "f").ok());
    return 0;
}
