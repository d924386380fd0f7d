#include "sys/collation.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <dlfcn.h>
#include <string>
#include <unicode/ucol.h>
#include <unicode/uvernum.h>

namespace fairlead::sys {

namespace {

// Others of ASCII, the control characters, don't count.
constexpr std::string_view ascii_order =
    "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ";

struct Weights {
    std::uint16_t primary = 0; // 0: it doesn't count
    std::uint16_t upper = 0;
};

// Of bytes; those of other characters come behind, where there is no ICU.
constexpr std::array<Weights, 256> byte_weights() {
    std::array<Weights, 256> weights{};
    for (std::size_t byte = 128; byte < 256; ++byte) weights[byte].primary = static_cast<std::uint16_t>(byte);
    const std::size_t letters = ascii_order.find('a');
    for (std::size_t at = 0; at < ascii_order.size(); ++at) {
        const auto letter = at < letters ? 0 : at - letters;
        weights[static_cast<unsigned char>(ascii_order[at])] = {
            static_cast<std::uint16_t>(1 + std::min(at, letters) + letter / 2), static_cast<std::uint16_t>(letter % 2)};
    }
    return weights;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
}

// By one of the weights over the whole text.
std::strong_ordering compare(std::string_view a, std::string_view b, std::uint16_t Weights::*weight) {
    static constexpr auto weights = byte_weights();
    const auto next = [](std::string_view& text) {
        while (!text.empty()) {
            const auto found = weights[static_cast<unsigned char>(text[0])];
            text.remove_prefix(1);
            if (found.primary != 0) return found;
        }
        return Weights{};
    };
    while (true) {
        const auto first = next(a), second = next(b);
        if (const auto order = first.*weight <=> second.*weight; order != 0) return order;
        if (first.primary == 0 || second.primary == 0) return first.primary <=> second.primary;
    }
}

// CLDR 44 and before put quotation marks apart; since then they differ from ' and " by their form only.
constexpr const char16_t* quotation_marks =
    u"&''<<\u2018<<\u2019<<\u201a<<\u201b&'\"'<<\u201c<<\u201d<<\u201e<<\u201f<<\u301d<<\u301e<<\u301f";
bool has_quotation_mark(std::string_view text) { // in UTF-8
    for (auto at = text.find('\xe2'); at < text.size(); at = text.find('\xe2', at + 1))
        if (text.substr(at, 3) >= "\u2018" && text.substr(at, 3) <= "\u201f") return true;
    return text.find("\u301d") != text.npos || text.find("\u301e") != text.npos || text.find("\u301f") != text.npos;
}

// Linked, it would cost each run a millisecond, and a release without libraries 30 MB. Its functions carry its version
// in their names: that of the headers, else what the machine has.
class Icu {
  public:
    Icu() {
        if (open(U_ICU_VERSION_MAJOR_NUM)) return;
        for (int version = 99; version >= 60; --version)
            if (open(version)) return;
    }
    bool is_there() const { return collator_ != nullptr; }
    std::strong_ordering compare(std::string_view a, std::string_view b) const {
        UErrorCode status = U_ZERO_ERROR;
        const auto* collator = has_quotation_mark(a) || has_quotation_mark(b) ? with_quotation_marks() : collator_;
        const auto size = [](std::string_view text) { return static_cast<std::int32_t>(text.size()); };
        return static_cast<int>(strcoll_(collator, a.data(), size(a), b.data(), size(b), &status)) <=> 0;
    }

  private:
    bool open(int version) {
        const auto suffix = std::to_string(version);
        void* library = dlopen(("libicui18n.so." + suffix).c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!library) return false;
        const auto find = [&]<typename Function>(const char* name, Function& function) {
            function = reinterpret_cast<Function>(dlsym(library, (name + ("_" + suffix)).c_str()));
            return function != nullptr;
        };
        decltype(&ucol_open) open_collator = nullptr;
        decltype(&ucol_setAttribute) set = nullptr;
        UErrorCode status = U_ZERO_ERROR;
        if (!find("ucol_open", open_collator) || !find("ucol_openRules", open_rules_) ||
            !find("ucol_setAttribute", set) || !find("ucol_strcollUTF8", strcoll_))
            return false;
        collator_ = open_collator("", &status); // the root; kept until the end
        if (collator_) set(collator_, UCOL_NORMALIZATION_MODE, UCOL_ON, &status);
        if (U_FAILURE(status)) collator_ = nullptr;
        return is_there();
    }
    const UCollator* with_quotation_marks() const { // costs some milliseconds
        static const UCollator* const made = [this]() -> const UCollator* {
            UErrorCode status = U_ZERO_ERROR;
            const auto* one = open_rules_(quotation_marks, -1, UCOL_ON, UCOL_DEFAULT_STRENGTH, nullptr, &status);
            return U_FAILURE(status) ? collator_ : one;
        }();
        return made;
    }

    UCollator* collator_ = nullptr;
    decltype(&ucol_openRules) open_rules_ = nullptr;
    decltype(&ucol_strcollUTF8) strcoll_ = nullptr;
};

const Icu& icu() {
    static const Icu loaded;
    return loaded;
}

}

std::strong_ordering collate(std::string_view a, std::string_view b) {
    if (!is_ascii(a) || !is_ascii(b))
        if (const auto order = collate_by_icu(a, b)) return *order;
    const auto order = compare(a, b, &Weights::primary);
    return order != 0 ? order : compare(a, b, &Weights::upper);
}

bool can_collate(std::string_view text) { return is_ascii(text) || icu().is_there(); }

std::optional<std::strong_ordering> collate_by_icu(std::string_view a, std::string_view b) {
    if (!icu().is_there()) return std::nullopt;
    return icu().compare(a, b);
}

}
