#include "backup/copy.h"
#include "backup/job.h"
#include "backup/left.h"
#include "backup/verified.h"
#include "sys/fault.h"
#include "sys/files/log.h"
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

Set* find(std::vector<Set>& sets, const std::string& id) {
    const auto found = std::find_if(sets.begin(), sets.end(), [&](const Set& set) { return set.id == id; });
    return found == sets.end() ? nullptr : &*found;
}

class Copy {
  public:
    Copy(Store& from, const Set& set, const Manifest& manifest, Store& into)
        : from_(from), set_(set), manifest_(manifest), into_(into) {}

    void keeps() { is_kept_ = true; }

    Result<void> make() {
        TRY_VOID(write(begun_name(set_.id), "copy\n"));
        if (is_kept_ && !set_.keep) TRY_VOID(write(keep_name(set_.id), "\n"));
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
    bool is_kept_ = false;
};

// Whether a set that is there is as good as the one that would be copied. Error (no): it isn't.
Result<void> check_copy(const Job& job, Store& store, const Set& set) {
    const auto manifest = TRY(open_trusted(job, store, set));
    return check_stored(store, manifest);
}

// The manifest first: from then on it is what a killed copy left, and swept as such.
Result<void> take_away(Store& store, const Set& set) {
    if (!set.begun) TRY_VOID(store.write(begun_name(set.id), "copy\n"));
    if (!set.manifest.empty()) TRY_VOID(store.remove(set.manifest));
    sys::fault_point("copy-taken");
    for (const Object& object : set.data) TRY_VOID(store.remove(object.name));
    for (const Object& object : set.beside)
        if (object.name != begun_name(set.id)) TRY_VOID(store.remove(object.name));
    return store.remove(begun_name(set.id));
}

}

Result<void> check_stored(Store& store, const Manifest& manifest) {
    for (const Part& part : manifest.parts) {
        auto object = TRY(store.open(part.file));
        const auto source = sys::digesting(std::move(object));
        std::string piece(sys::stream_piece, '\0');
        while (TRY(source->read(piece)) > 0) {
        }
        const auto found = source->figures();
        if (found.sha256 != part.stored.sha256 || found.bytes != part.stored.bytes)
            return no(fmt::format("'{}' of {} is damaged: its bytes are not those of the manifest", part.file,
                                  store.shown()));
    }
    return {};
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

namespace {

// What is wrong with the set that lies in a store already under the name of the one that is to be copied there;
// nothing: it is as good. Error: it stays, and is no copy of that.
Result<std::optional<std::string>> damage_of(const Job& job, Store& store, Set& there, const Manifest& manifest,
                                             bool is_foreign) {
    if (there.manifest.empty()) return std::optional<std::string>("its manifest is gone");
    const auto text = TRY(store.read(there.manifest, longest_manifest));
    if (!is_as_written(text) && is_foreign) // whose it is can't be told
        return no(fmt::format("{} has '{}', which is damaged and belongs to another environment; it stays as it is",
                              store.shown(), there.manifest));
    if (!is_as_written(text)) return std::optional<std::string>("its manifest is damaged");
    const auto read = read_manifest(text, there.manifest, there.id);
    if (!read.ok())
        return no(fmt::format("{} has set {} already, and it stays as it is: {}", store.shown(), there.id,
                              read.error().message));
    const Manifest& its = read.value();
    if (!is_same(manifest, its))
        return no(fmt::format("{} has another set with the name {}; it stays as it is", store.shown(), there.id));
    const auto good = check_copy(job, store, there);
    if (!good.ok() && good.error().kind != Kind::no) return good.error();
    TRY_VOID(judge(job, store, there));
    if (!good.ok()) return std::optional(good.error().message);
    if (const auto failed = there.failed())
        return no(fmt::format("{} already has the same set {}, which failed its verification there (level {}); verify "
                              "it again: fairlead-backup verify {}, with --store and the store's address",
                              store.shown(), there.id, failed->level, there.id));
    TRY_VOID(tidy(store, there, its));
    return std::optional<std::string>();
}

}

Result<Copied> copy_set(const Job& job, Store& from, const Set& set, const Manifest& manifest, Store& into) {
    TRY(into.sweep(std::chrono::seconds(0))); // under the lock nobody else writes
    auto found = TRY(list_sets(into, job.owner()));
    Set* there = find(found.sets, set.id);
    Set* const foreign = there == nullptr ? find(found.foreign, set.id) : nullptr;
    if (foreign != nullptr) there = foreign;
    if (there == nullptr) there = find(found.unfinished, set.id);
    if (there != nullptr && there->manifest.empty() && there->begun) there = nullptr; // a killed run's: it is swept
    Copy copy(from, set, manifest, into);
    if (there != nullptr) {
        const auto damage = TRY(damage_of(job, into, *there, manifest, foreign != nullptr));
        if (!damage) return Copied::was_there;
        TRY_VOID(check_stored(from, manifest)); // nothing goes before what takes its place is known to be whole
        sys::log_warning(fmt::format("the copy in {} is damaged, and is replaced: {}", into.shown(), *damage));
        if (there->keep) copy.keeps();
        TRY_VOID(take_away(into, *there));
    }
    TRY(sweep_left(job, into, found, set.id));
    if (auto made = copy.make(); !made.ok()) {
        copy.undo();
        return std::move(made).error();
    }
    return there == nullptr ? Copied::now : Copied::replaced;
}

}
