#include "backup/copy.h"
#include "sys/fault.h"
#include "sys/stream/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr std::size_t longest_beside = 1u << 20;

// Keys may have been rotated in one place: what counts is what was dumped.
bool is_same(const Manifest& one, const Manifest& other) {
    return one.parts.size() == other.parts.size() &&
           std::all_of(one.parts.begin(), one.parts.end(), [&](const Part& part) {
               const Part* its = other.find(part.name);
               return its != nullptr && its->plain == part.plain;
           });
}

const Set* find(const std::vector<Set>& sets, const std::string& id) {
    const auto found = std::find_if(sets.begin(), sets.end(), [&](const Set& set) { return set.id == id; });
    return found == sets.end() ? nullptr : &*found;
}

// What is ours alone: no run is at it, for we hold the lock.
Result<void> sweep(Store& store, const Set& left) {
    if (!left.begun) return {};
    for (const Object& object : left.data) TRY_VOID(store.remove(object.name));
    for (const Object& object : left.beside)
        if (object.name != begun_name(left.id)) TRY_VOID(store.remove(object.name));
    return store.remove(begun_name(left.id));
}

class Copy {
  public:
    Copy(Store& from, const Set& set, const Manifest& manifest, Store& into)
        : from_(from), set_(set), manifest_(manifest), into_(into) {}

    Result<void> make() {
        TRY_VOID(write(begun_name(set_.id), "copy\n"));
        sys::fault_point("copy-begun");
        for (const Part& part : manifest_.parts) {
            TRY_VOID(copy_part(from_, part, into_));
            written_.push_back(part.file);
        }
        for (const Object& object : set_.beside)
            if (object.name != set_.manifest && object.name != begun_name(set_.id))
                TRY_VOID(copy_small(object.name, longest_beside));
        sys::fault_point("copied");
        written_.push_back(set_.manifest); // though it fails it may be there: undo() takes it first
        TRY_VOID(copy_small(set_.manifest, longest_manifest));
        sys::fault_point("copy-sealed");
        return into_.remove(begun_name(set_.id));
    }

    void undo() {
        for (auto name = written_.rbegin(); name != written_.rend(); ++name) (void)into_.remove(*name);
    }

  private:
    Result<void> write(const std::string& name, std::string_view bytes) {
        TRY_VOID(into_.write(name, bytes));
        written_.push_back(name);
        return {};
    }
    Result<void> copy_small(const std::string& name, std::size_t limit) {
        const auto bytes = TRY(from_.read(name, limit));
        return write(name, bytes);
    }

    Store& from_;
    const Set& set_;
    const Manifest& manifest_;
    Store& into_;
    std::vector<std::string> written_;
};

}

Result<void> copy_part(Store& from, const Part& part, Store& into) {
    auto object = TRY(from.open(part.file));
    const auto source = sys::digesting(std::move(object));
    const auto sink = TRY(into.create(part.file, part.stored.bytes));
    TRY(sys::pour(*source, *sink));
    const auto found = source->figures();
    if (found.sha256 != part.stored.sha256 || found.bytes != part.stored.bytes)
        return no(fmt::format("'{}' of {} is damaged: its bytes are not those of the manifest; nothing of it was "
                              "copied to {}",
                              part.file, from.shown(), into.shown()));
    sys::fault_point("copy");
    return sink->close();
}

Result<Copied> copy_set(Store& from, const Set& set, const Manifest& manifest, Store& into, const Owner& owner) {
    TRY(into.sweep(std::chrono::seconds(0))); // under the lock nobody else writes
    const auto found = TRY(list_sets(into, owner));
    const Set* there = find(found.sets, set.id);
    if (there == nullptr) there = find(found.foreign, set.id);
    if (there != nullptr) {
        const auto its = TRY(open_manifest(into, *there));
        if (!is_same(manifest, its))
            return no(fmt::format("{} has another set of the name {}; it stays as it is", into.shown(), set.id));
        if (const auto failed = there->failed())
            return no(fmt::format("{} has set {} already, and it failed its verification there (level {}); remove its "
                                  "files there, then run this again",
                                  into.shown(), set.id, failed->level));
        TRY_VOID(tidy(into, *there, its));
        return Copied::was_there;
    }
    for (const Set& left : found.unfinished) TRY_VOID(sweep(into, left));
    for (const Set& whole : found.sets) { // whose copy or rotation was killed at its end
        if (!whole.begun || whole.id == set.id) continue;
        const auto its = open_manifest(into, whole);
        TRY_VOID(its.ok() ? tidy(into, whole, its.value()) : into.remove(begun_name(whole.id)));
    }
    Copy copy(from, set, manifest, into);
    if (auto made = copy.make(); !made.ok()) {
        copy.undo();
        return std::move(made).error();
    }
    return Copied::now;
}

}
