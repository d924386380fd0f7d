#include "tag/version/highest.h"

namespace fairlead::tag {

namespace {

bool is_pre(const Semver& version) { return version.is_prerelease(); }
bool is_pre(const Pep440& version) { return !version.pre_letter.empty() || version.dev.has_value(); }
bool same_major(const Semver& a, const Semver& b) { return a.major == b.major; }
bool same_minor(const Semver& a, const Semver& b) { return a.minor == b.minor; }
bool same_major(const Pep440& a, const Pep440& b) { return a.epoch == b.epoch && a.part(0) == b.part(0); }
bool same_minor(const Pep440& a, const Pep440& b) { return a.part(1) == b.part(1); }

template <typename Version>
struct Best {
    std::optional<Version> version;
    std::string tag;

    void take(const Version& other, std::string_view written) {
        if (version && compare(other, *version) <= 0) return;
        version = other;
        tag = written;
    }
    std::optional<std::string> written() const { return version ? std::optional(tag) : std::nullopt; }
};

template <typename Version, typename Parse>
Result<Above> find_above(const Version& version, const Facts& facts, const Cut& cut, Prereleases prereleases,
                         Parse parse) {
    Best<Version> all, major, minor;
    TRY_VOID(facts.each_tag([&](std::string_view tag) -> Result<void> {
        std::optional<std::string> text;
        if (cut && !(text = cut(tag))) return {};
        const auto other = parse(text ? std::string_view(*text) : tag);
        if (!other || (is_pre(*other) && prereleases == Prereleases::ignored) || compare(*other, version) <= 0)
            return {};
        all.take(*other, tag);
        if (!same_major(*other, version)) return {};
        major.take(*other, tag);
        if (same_minor(*other, version)) minor.take(*other, tag);
        return {};
    }));
    return Above{all.written(), major.written(), minor.written()};
}

}

Result<Above> tags_above(const Semver& version, const Facts& facts, const Cut& cut, Prereleases prereleases) {
    return find_above(version, facts, cut, prereleases, parse_semver);
}

Result<Above> tags_above(const Pep440& version, const Facts& facts, const Cut& cut, Prereleases prereleases) {
    return find_above(version, facts, cut, prereleases, parse_pep440);
}

}
