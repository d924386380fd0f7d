#include "backup/sets/sets.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <unordered_map>

namespace fairlead::backup {
namespace {

void add(Set& set, const Object& object, const Named& named) {
    using What = Named::What;
    if (named.what == What::data) {
        set.data.push_back(object);
        return;
    }
    set.beside.push_back(object);
    if (named.what == What::manifest && set.manifest.empty()) set.manifest = object.name;
    if (named.what == What::keep) set.keep = true;
    if (named.what == What::begun) set.begun = true;
    if (named.what == What::restoring) set.restoring = std::max(set.restoring, object.written);
    if (named.what == What::verification)
        (named.verification.passed ? set.claims : set.verifications).push_back(named.verification);
}

// An id that tells of another app than the one that was asked for.
std::string other_app(const Found& found, const std::string& manifest) {
    const auto owner = owner_of_manifest(manifest);
    return owner && owner->app != found.app ? owner->app : "";
}

Error of_other_app(const std::string& id, const std::string& app, const Found& found) {
    return usage(fmt::format("set '{}' belongs to the app '{}', not to '{}'; if you mean that set, say --app {}",
                             one_line(id), one_line(app), found.app, one_line(app)));
}

std::string ways(const Found& found) {
    constexpr std::size_t shown = 3;
    if (found.sets.empty() && !found.others.empty())
        return fmt::format("the store has sets of {}: say --app or --env", found.others);
    if (found.sets.empty()) return "there is no set yet: run fairlead-backup run";
    std::vector<std::string> names;
    for (const Set& set : found.sets)
        if (names.size() < shown) names.push_back(set.id);
    return fmt::format("expected latest, {}{}", one_of(names),
                       found.sets.size() > shown ? ", or another id that fairlead-backup list shows" : "");
}

}

std::uint64_t Set::bytes() const {
    std::uint64_t sum = 0;
    for (const Object& object : data) sum += object.bytes;
    return sum;
}

bool Set::was_made_after(const Set& other) const {
    return std::find(after.begin(), after.end(), other.id) != after.end();
}

void Set::count(const Verification& claim) {
    const auto later = [](const Verification& a, const Verification& b) { return a.at < b.at; };
    verifications.insert(std::upper_bound(verifications.begin(), verifications.end(), claim, later), claim);
}

std::optional<Verification> Set::verified(int level) const {
    std::optional<Verification> last;
    for (const Verification& one : verifications) {
        if (!one.passed)
            last.reset();
        else if (one.level >= level)
            last = one;
    }
    return last;
}

std::optional<Verification> Set::failed() const {
    std::optional<Verification> last;
    for (const Verification& one : verifications) {
        if (!one.passed)
            last = one;
        else if (last && one.level >= last->level)
            last.reset();
    }
    return last;
}

Found find_sets(const std::vector<Object>& objects, const Owner& owner) {
    std::unordered_map<std::string, Set> by_stem;
    Set* last = nullptr; // most often the next object is of the same one
    for (const Object& object : objects) {
        const auto named = parse_name(object.name, owner.app);
        if (!named) continue;
        if (last == nullptr || last->id != named->stem) last = &by_stem[named->stem];
        if (last->id.empty()) *last = {.id = named->stem, .style = named->style, .time = named->time};
        add(*last, object, *named);
    }
    Found found;
    found.app = owner.app;
    for (auto& [id, set] : by_stem) {
        for (auto* all : {&set.verifications, &set.claims})
            std::stable_sort(all->begin(), all->end(),
                             [](const Verification& a, const Verification& b) { return a.at < b.at; });
        const bool is_ours = set.manifest == manifest_name(id, tag_of(set.style, owner));
        auto& among = set.manifest.empty() ? found.unfinished : is_ours ? found.sets : found.foreign;
        among.push_back(std::move(set));
    }
    const auto newer = [](const Set& a, const Set& b) {
        if (a.time != b.time) return a.time > b.time;
        return a.id.size() != b.id.size() ? a.id.size() > b.id.size() : a.id > b.id; // _10 is newer than _9
    };
    std::sort(found.sets.begin(), found.sets.end(), newer);
    std::sort(found.unfinished.begin(), found.unfinished.end(), newer);
    return found;
}

Result<Found> list_sets(Store& store, const Owner& owner) {
    const auto objects = TRY(store.list(""));
    auto found = find_sets(objects, owner);
    if (!found.sets.empty()) return found;
    std::set<std::string> others;
    for (const Object& object : objects)
        if (const auto its = owner_of_manifest(object.name))
            others.insert(its->app + (!its->environment.empty()   ? " --env " + its->environment
                                      : owner.environment.empty() ? ""
                                                                  : " without --env"));
    const std::vector<std::string> names(others.begin(), others.end());
    if (!names.empty()) found.others = one_of(names);
    return found;
}

std::vector<std::string> there_before(const Found& found, SystemTime started) {
    constexpr std::size_t most = 64;
    std::vector<std::string> all;
    for (const Set& set : found.sets) { // the latest name first
        all.push_back(set.id);
        if (set.time <= started || all.size() == most) break;
    }
    return all;
}

bool is_ahead(const Set& set, SystemTime now) {
    constexpr Milliseconds alike = std::chrono::minutes{5}; // of two clocks that are right
    return set.time > now + alike;
}

namespace {

Result<const Set*> latest(const Found& found, SystemTime now) {
    const auto at =
        std::find_if(found.sets.begin(), found.sets.end(), [&](const Set& set) { return !is_ahead(set, now); });
    const auto& first = found.sets.front();
    if (at == found.sets.end())
        return could_not(fmt::format("every set is ahead of this machine's clock, which says {}, so none of them is "
                                     "known to be the latest; set the clock, or name a set: {}",
                                     format_utc(now), first.id));
    if (at != found.sets.begin())
        sys::log_warning(fmt::format("set {} is ahead of this machine's clock, which says {}, so {} is taken for the "
                                     "latest; find out which of the two is newer, and name it",
                                     first.id, format_utc(now), at->id));
    return &*at;
}

}

Result<const Set*> choose(const Found& found, const std::string& id, SystemTime now) {
    if (id == "latest" && !found.sets.empty()) return latest(found, now);
    std::vector<const Set*> part;
    for (const Set& set : found.sets) {
        if (set.id == id) return &set;
        if (!id.empty() && set.id.find(id) != std::string::npos) part.push_back(&set);
    }
    for (const Set& set : found.foreign) {
        if (set.id != id) continue;
        if (const auto app = other_app(found, set.manifest); !app.empty()) return of_other_app(id, app, found);
        return &set;
    }
    if (part.size() == 1) return part[0];
    if (part.size() > 1)
        return usage(fmt::format("'{}' is part of {} ids, among them {} and {}; write the whole id", id, part.size(),
                                 part[0]->id, part[1]->id));
    if (const auto app = other_app(found, manifest_name(id)); !app.empty()) return of_other_app(id, app, found);
    return usage(fmt::format("set '{}' is not there; {}", id, ways(found)));
}

Result<void> check_sizes(const Set& set, const Manifest& manifest) {
    for (const Part& part : manifest.parts) {
        const auto object =
            std::find_if(set.data.begin(), set.data.end(), [&](const Object& one) { return one.name == part.file; });
        if (object == set.data.end())
            return no(fmt::format("set '{}' lacks '{}'; it can't be restored: take another set", set.id, part.file));
        if (object->bytes != part.stored.bytes)
            return no(fmt::format("'{}' has {} bytes, and {} were written; it is damaged: take another set", part.file,
                                  object->bytes, part.stored.bytes));
    }
    return {};
}

Result<void> tidy(Store& store, const Set& set, const Manifest& manifest) {
    if (!set.begun) return {};
    for (const Object& object : set.data) {
        bool is_named = false, is_left = false;
        for (const Part& part : manifest.parts) {
            is_named = is_named || part.file == object.name;
            is_left = is_left || before_rotation(part.file) == before_rotation(object.name);
        }
        if (is_left && !is_named) TRY_VOID(store.remove(object.name));
    }
    return store.remove(begun_name(set.id));
}

}
