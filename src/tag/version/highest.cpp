#include "tag/version/highest.h"
#include <algorithm>

namespace fairlead::tag {

namespace {

std::optional<Semver> parse(std::string_view text, const Semver&) { return parse_semver(text); }
std::optional<Pep440> parse(std::string_view text, const Pep440&) { return parse_pep440(text); }
bool is_pre(const Semver& version) { return version.is_prerelease(); }
bool is_pre(const Pep440& version) { return !version.pre_letter.empty() || version.dev.has_value(); }
bool same_major(const Semver& a, const Semver& b) { return a.major == b.major; }
bool same_minor(const Semver& a, const Semver& b) { return a.minor == b.minor; }
bool same_major(const Pep440& a, const Pep440& b) { return a.epoch == b.epoch && a.part(0) == b.part(0); }
bool same_minor(const Pep440& a, const Pep440& b) { return a.part(1) == b.part(1); }

template <typename Best, typename Version>
void raise(Best& best, const Version& version, std::string_view tag) {
    if (best.version && compare(version, *best.version) <= 0) return;
    best.version = version;
    best.tag = tag;
}

template <typename Best>
std::optional<std::string> written(const Best& best) {
    return best.version ? std::optional(best.tag) : std::nullopt;
}

}

template <typename Version>
Result<void> Highest<Version>::take(Asked& asked, const Cut& cut, std::string_view tag, std::string& room) {
    const auto text = cut.apply ? cut.apply(tag, room) : tag;
    if (!text) return {};
    const auto other = parse(*text, asked.version);
    if (!other || compare(*other, asked.version) <= 0) return {};
    if (is_pre(*other) && asked.prereleases == Prereleases::ignored) return {};
    raise(asked.all, *other, tag);
    if (!same_major(*other, asked.version)) return {};
    raise(asked.major, *other, tag);
    if (same_minor(*other, asked.version)) raise(asked.minor, *other, tag);
    return {};
}

template <typename Version>
Result<Above> Highest<Version>::above(const Version& version, Line line, const Cut& cut, Prereleases prereleases) {
    std::string room;
    auto asked = std::find_if(asked_.begin(), asked_.end(), [&](const Asked& before) {
        return compare(before.version, version) == 0 && before.cut == cut.name && before.prereleases == prereleases;
    });
    const auto look = [&](std::string_view tag) { return take(*asked, cut, tag, room); };
    const auto found = [&] { return Above{written(asked->all), written(asked->major), written(asked->minor)}; };
    if (asked == asked_.end()) {
        asked = asked_.insert(asked_.end(), Asked{version, cut.name, prereleases});
        TRY_VOID(facts_.each_tag(look));
    }
    if (!asked->complete && !found().in(line)) {
        TRY_VOID(facts_.other_tags(look));
        asked->complete = true;
    }
    return found();
}

template class Highest<Semver>;
template class Highest<Pep440>;

}
